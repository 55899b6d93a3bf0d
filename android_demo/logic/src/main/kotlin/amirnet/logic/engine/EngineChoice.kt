package amirnet.logic.engine

/** What computes. */
enum class Accelerator(val word: String) {
    NPU("npu"),
    GPU("gpu"),
    CPU("cpu"),
}

/** A runtime library of this app: its name for people, and the bundle's word for its models. */
enum class EngineName(val title: String, val backend: String) {
    LITERT("LiteRT", "tflite"),
    ONNX("ONNX Runtime", "onnx"),
}

/** One engine on one accelerator: what is asked for, not what is known to have run. */
data class EngineChoice(val engine: EngineName, val accelerator: Accelerator) {
    /** As settings and the command line of the desk's benchmark write it: "litert-npu". */
    val word: String get() = "${engine.name.lowercase()}-${accelerator.word}"

    companion object {
        /** Every choice there is, the fastest as a rule first. */
        val ALL: List<EngineChoice> = listOf(
            EngineChoice(EngineName.LITERT, Accelerator.NPU),
            EngineChoice(EngineName.LITERT, Accelerator.GPU),
            EngineChoice(EngineName.LITERT, Accelerator.CPU),
            EngineChoice(EngineName.ONNX, Accelerator.CPU),
        )

        /** By its word; null for "automatic" and for what is none. */
        fun of(word: String?): EngineChoice? = ALL.firstOrNull { it.word == word }
    }
}

/** In which order engines are tried. */
object EngineOrder {
    /**
     * @param asked what the user wants; null: automatic.
     * @param strict only what was asked for: fail instead of falling back.
     * @param reported the accelerators that LiteRT says this phone has; null: it was not asked, all are tried. The CPU
     *     is always there.
     */
    fun of(asked: EngineChoice?, strict: Boolean, reported: Set<Accelerator>? = null): List<EngineChoice> {
        if (asked != null && strict) return listOf(asked)
        val there = EngineChoice.ALL.filter {
            it.accelerator == Accelerator.CPU || reported == null || it.accelerator in reported
        }
        if (asked == null) return there
        // What the user asked for is tried even where the phone does not report it: the failure is then told.
        return listOf(asked) + there.dropWhile { it != asked }.drop(1).ifEmpty { there - asked }
    }
}

/**
 * What is known of where a model ran.
 *
 * @param ran null: the platform does not say, which is a legal answer and never filled by a guess.
 * @param nodesOnAccelerator of [nodes] nodes; both null where the platform does not say.
 */
data class Residency(
    val asked: Accelerator,
    val ran: Accelerator?,
    val nodesOnAccelerator: Int? = null,
    val nodes: Int? = null,
) {
    companion object {
        /**
         * LiteRT's CompiledModel. Asked for the GPU alone it fails where the GPU cannot do a node; yet an answer that
         * is equal to the CPU's in every bit did not come from a GPU. Asked for the NPU it silently takes the CPU too,
         * so nothing is known of it. It counts no nodes.
         *
         * @param equalsCpu whether the answer to a test tile is the CPU's to the bit; null: not compared.
         */
        fun ofLiteRt(asked: Accelerator, equalsCpu: Boolean?): Residency =
            when (asked) {
                Accelerator.CPU -> Residency(asked, Accelerator.CPU)
                Accelerator.NPU -> Residency(asked, null)
                Accelerator.GPU -> Residency(
                    asked,
                    when (equalsCpu) {
                        null -> null
                        true -> Accelerator.CPU
                        false -> Accelerator.GPU
                    },
                )
            }

        /** ONNX Runtime with its CPU kernels only: there is no other place. */
        fun ofOnnxCpu(): Residency = Residency(Accelerator.CPU, Accelerator.CPU)
    }
}
