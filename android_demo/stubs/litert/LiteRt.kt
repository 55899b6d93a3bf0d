package com.google.ai.edge.litert

import android.content.Context

enum class Accelerator { NONE, CPU, GPU, NPU }

class LiteRtException private constructor(message: String) : Exception(message)

abstract class JniHandle : AutoCloseable {
    override fun close(): Unit = TODO()
}

class Environment private constructor() : JniHandle() {
    enum class Option { CompilerPluginLibraryDir, DispatchLibraryDir }

    @Throws(LiteRtException::class)
    fun getAvailableAccelerators(): Set<Accelerator> = TODO()

    companion object {
        @Throws(LiteRtException::class)
        fun create(
            context: Context,
            options: Map<Option, String> = mapOf(),
            enableCompilerCache: Boolean = true,
        ): Environment = TODO("$context $options $enableCompilerCache")
    }
}

class TensorBuffer private constructor() : JniHandle() {
    fun writeFloat(data: FloatArray): Unit = TODO("$data")

    fun writeInt8(data: ByteArray): Unit = TODO("$data")

    fun readFloat(): FloatArray = TODO()

    fun readInt8(): ByteArray = TODO()
}

class CompiledModel private constructor() : JniHandle() {
    data class CpuOptions(
        val numThreads: Int? = null,
        val xnnPackFlags: Int? = null,
        val xnnPackWeightCachePath: String? = null,
    )

    class Options(internal vararg val accelerators: Accelerator) {
        var cpuOptions: CpuOptions? = null
    }

    fun createInputBuffer(inputName: String, signature: String? = null): TensorBuffer = TODO("$inputName $signature")

    fun createOutputBuffer(outputName: String, signature: String? = null): TensorBuffer = TODO("$outputName $signature")

    fun run(inputs: Map<String, TensorBuffer>, outputs: Map<String, TensorBuffer>, signature: String? = null): Unit =
        TODO("$inputs $outputs $signature")

    companion object {
        fun create(filePath: String, options: Options, optionalEnv: Environment? = null): CompiledModel =
            TODO("$filePath $options $optionalEnv")
    }
}
