/** The manifest's `light`: two layers of numbers, checked (CONTRACT E2). */
package amirnet.bundle

import amirnet.runtime.HIDDEN
import amirnet.runtime.Layer
import amirnet.runtime.LightHead
import amirnet.runtime.OUTPUTS
import amirnet.runtime.STATISTICS

/** The light head of these fields; [codeSize] is K. Raises ManifestError. */
fun lightHead(fields: Fields, codeSize: Int): LightHead {
    val hidden = layer(fields.fields("hidden"), codeSize + STATISTICS)
    if (hidden.bias.size !in 1..HIDDEN) fields.refuse("hidden", "gives ${hidden.bias.size} numbers, not 1 to $HIDDEN")
    val output = layer(fields.fields("output"), hidden.bias.size)
    if (output.bias.size != OUTPUTS) fields.refuse("output", "gives ${output.bias.size} numbers, not $OUTPUTS")
    return LightHead(hidden, output)
}

private fun layer(fields: Fields, inputs: Int): Layer {
    val layer = Layer(fields.rows("weights"), fields.numbers("bias"))
    if (layer.weights.size != layer.bias.size) {
        fields.refuse("weights", "has ${layer.weights.size} rows, but bias ${layer.bias.size} numbers")
    }
    if (layer.weights.any { it.size != inputs }) fields.refuse("weights", "has a row that is not of $inputs numbers")
    return layer
}
