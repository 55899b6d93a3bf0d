/// The manifest's `light`: two layers of numbers, checked (CONTRACT E2).

/// The light head of these fields; `codeSize` is K. Throws ManifestError.
func lightHead(_ fields: Fields, _ codeSize: Int) throws -> LightHead {
    let hidden = try layer(fields.object("hidden"), codeSize + STATISTICS)
    if !(1...HIDDEN).contains(hidden.bias.count) {
        throw fields.refuse("hidden", "gives \(hidden.bias.count) numbers, not 1 to \(HIDDEN)")
    }
    let output = try layer(fields.object("output"), hidden.bias.count)
    if output.bias.count != OUTPUTS {
        throw fields.refuse("output", "gives \(output.bias.count) numbers, not \(OUTPUTS)")
    }
    return LightHead(hidden: hidden, output: output)
}

private func layer(_ fields: Fields, _ inputs: Int) throws -> Layer {
    let layer = Layer(weights: try fields.rows("weights"), bias: try fields.numbers("bias"))
    if layer.weights.count != layer.bias.count {
        throw fields.refuse("weights", "has \(layer.weights.count) rows, but bias \(layer.bias.count) numbers")
    }
    if layer.weights.contains(where: { $0.count != inputs }) {
        throw fields.refuse("weights", "has a row that is not of \(inputs) numbers")
    }
    return layer
}
