/** A compiled model with its buffers: made once, used again for each tile, closed with it. */
package amirnet.engines.litert

import amirnet.bundle.Graph
import com.google.ai.edge.litert.CompiledModel
import com.google.ai.edge.litert.TensorBuffer

/** [graph] names inputs and outputs; its role is the signature that the export wrote. */
class LiteRtModel(private val compiled: CompiledModel, private val graph: Graph) : AutoCloseable {
    private val inputs: Map<String, TensorBuffer>
    private val outputs: Map<String, TensorBuffer>

    init {
        val made = mutableListOf<AutoCloseable>(compiled)
        try {
            inputs = graph.inputs.associateWith { compiled.createInputBuffer(it, graph.role).also(made::add) }
            outputs = graph.outputs.associateWith { compiled.createOutputBuffer(it, graph.role).also(made::add) }
        } catch (error: Exception) {
            made.asReversed().forEach { it.close() }
            throw error
        }
    }

    fun input(name: String): TensorBuffer = inputs.getValue(name)

    fun output(name: String): TensorBuffer = outputs.getValue(name)

    /** A GPU only queues it: the time is that of this and the reading of an output together. */
    fun run() = compiled.run(inputs, outputs, graph.role)

    override fun close() {
        (inputs.values + outputs.values).forEach { it.close() }
        compiled.close()
    }
}
