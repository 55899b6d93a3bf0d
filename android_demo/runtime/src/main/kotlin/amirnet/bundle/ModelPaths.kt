/** Which models of a bundle an engine runs: one restorer that takes a code, or one a node (CONTRACT G2, G3, G5). */
package amirnet.bundle

import amirnet.EngineError
import amirnet.runtime.Floats

/** Role -> the graph's input names. A restorer that was folded for a node has no `code`. */
val INPUTS: Map<String, List<String>> =
    mapOf("encoder" to listOf("probes"), "restorer" to listOf("tile", "code"))

/** Role -> the graph's output names. */
val OUTPUTS: Map<String, List<String>> =
    mapOf("encoder" to listOf("mask", "value"), "restorer" to listOf("restored"))

val TITLES: Map<String, String> = mapOf("onnx" to "ONNX", "tflite" to "TFLite", "coreml" to "Core ML")

/** One model: [where] names bundle and file in messages, [path] is its place in the bundle. */
data class Graph(
    val role: String,
    val path: String,
    val where: String,
    val inputs: List<String>,
    val outputs: List<String>,
)

/**
 * A bundle's models for one backend.
 *
 * [precision]: the restorer's; an encoder is float32 in every precision. Raises EngineError when the bundle lacks one.
 */
class EngineModels(private val bundle: ModelBundle, private val backend: String, private val precision: String) {
    val encoder: Graph = graph("encoder", "encoder", "float32")
    private val whole = if (isFolded(bundle)) null else graph("restorer", "restorer", precision)
    private val folded: Map<List<Int>, Graph> = if (whole != null) emptyMap() else
        bundle.tree.nodes.filter { foldedRole(it.id) in bundle.manifest.models }
            .associate { key(bundle.tree.codeFor(it.id)) to graph("restorer", foldedRole(it.id), precision) }

    /**
     * The restorer for a code of K numbers. Raises EngineError when nothing was folded for it: a folded bundle holds
     * its nodes' stored codes only.
     */
    fun restorer(code: Floats): Graph = whole ?: folded[key(code)] ?: run {
        val held = bundle.manifest.models.keys.filter { it != "encoder" }.joinToString()
        val problem = "no restorer was folded for this code (it holds: $held)"
        throw EngineError("${bundle.where}: $problem; take one of these nodes, or export the bundle with --fold none")
    }

    private fun graph(role: String, name: String, precision: String): Graph {
        val path = modelPath(bundle, backend, name, precision)
        val inputs = if (name == role) INPUTS.getValue(role) else listOf("tile")
        return Graph(role, path, "${bundle.where}: $path", inputs, OUTPUTS.getValue(role))
    }
}

/** The manifest's role of the restorer that was folded for a node (CONTRACT G5). */
fun foldedRole(node: Long): String = "restorer.$node"

/** Whether a bundle holds a restorer for each node instead of one that takes a code. */
fun isFolded(bundle: ModelBundle): Boolean = "restorer" !in bundle.manifest.models

/** The path of a model in the bundle, by its role in the manifest. Raises EngineError. */
fun modelPath(bundle: ModelBundle, backend: String, role: String, precision: String): String {
    val backends = bundle.manifest.models[role].orEmpty()
    return backends[backend]?.get(precision) ?: run {
        val held = backends.flatMap { (name, kinds) -> kinds.keys.map { "$name $it" } }.ifEmpty { listOf("none") }
        val missing = "no ${TITLES[backend]} $precision $role (it holds: ${held.joinToString()})"
        throw EngineError("${bundle.where}: $missing; export the bundle with one")
    }
}

/** Adding 0 turns a negative zero into 0, which is the same code. */
private fun key(code: Floats): List<Int> = code.map { (it + 0f).toRawBits() }
