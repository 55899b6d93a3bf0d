/// From a photo's code and its levels to its light: two layers of a bundle's manifest, in float64 (CONTRACT E2, E3).

/// Gain of R, G and B, then bend of R, G and B.
let OUTPUTS = 6
/// The most numbers in between.
let HIDDEN = 256

/// A row of weights and a bias for each number that comes out.
public struct Layer: Sendable, Equatable {
    public let weights: [[Double]]
    public let bias: [Double]

    public init(weights: [[Double]], bias: [Double]) {
        (self.weights, self.bias) = (weights, bias)
    }

    /// From the bias on, in index order, each product and each sum rounded by itself (CONTRACT N3).
    public func callAsFunction(_ numbers: Doubles) -> Doubles {
        zip(weights, bias).map { row, bias in
            zip(row, numbers).reduce(bias) { sum, pair in sum + pair.0 * pair.1 }
        }
    }
}

/// Says how a photo is to be brightened. `hidden` takes K + 24 numbers, `output` gives six.
public struct LightHead: Sendable, Equatable {
    public let hidden: Layer
    public let output: Layer

    public init(hidden: Layer, output: Layer) {
        (self.hidden, self.output) = (hidden, output)
    }

    /// The curve for a photo: its code, K numbers, and its levels, 24 numbers. `where` names the bundle.
    ///
    /// Throws EngineError for NaN and infinity.
    public func curve(_ code: [Float], _ statistics: Doubles, _ where: String) throws -> LightCurve {
        let between = hidden(code.map { Double($0) } + statistics)
        let numbers = output(between.map { max(0, $0) })
        if !(between + numbers).allSatisfy(\.isFinite) {
            throw EngineError("\(`where`): its light gives NaN or infinity; export the bundle again")
        }
        return LightCurve.of(Array(numbers[..<3]), Array(numbers[3...]))
    }
}
