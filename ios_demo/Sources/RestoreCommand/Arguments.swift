/// What the command was asked for: the options of `amirnet restore`, by the same names.
import AMIRNetRuntime

let USAGE = """
    amirnet-restore PHOTO.ppm... [-o FILE_OR_FOLDER] [options]
      --model PATH          bundle: a folder, a zip, or a name that comes with the command [default: mobile]
      --engine NAME         what runs it [default: onnx]
      --precision float|int8    of the restorer [default: float]
      --tile N              tile in pixels: smaller, less memory [default: by the photo]
      --memory MB           largest memory of the whole process; picks the tile
      --light auto|keep|brighten|0..4, --kind NAME, --node ID, --strength 0..1
      --overwrite           allow -o to be the photo itself
      --json                print one JSON object a photo and line
    """

struct Arguments {
    var photos: [String] = []
    var output: String?
    var model = "mobile"
    var engine = "onnx"
    var precision = "float"
    var tile: Int?
    var memory: Int?
    var options = RestoreOptions.plain
    var overwrite = false
    var asJson = false
    var help = false

    /// Throws OptionError.
    init(_ words: [String]) throws {
        var rest = words[...]
        var (light, kind, node, strength) = (LightOption.auto, String?.none, Int?.none, 1.0)

        func value(_ option: String) throws -> String {
            guard let value = rest.popFirst() else { throw OptionError("\(option): takes a value; see --help") }
            return value
        }

        func number<Number: LosslessStringConvertible>(_ option: String) throws -> Number {
            let text = try value(option)
            guard let number = Number(text) else { throw OptionError("\(option) \(text): is no number; see --help") }
            return number
        }

        while let word = rest.popFirst() {
            switch word {
            case "-o", "--output": output = try value(word)
            case "--model": model = try value(word)
            case "--engine": engine = try value(word)
            case "--precision": precision = try value(word)
            case "--tile": tile = try number(word)
            case "--memory": memory = try number(word)
            case "--light": light = try LightOption.parse(value(word))
            case "--kind": kind = try value(word)
            case "--node": node = try number(word)
            case "--strength": strength = try number(word)
            case "--overwrite": overwrite = true
            case "--json": asJson = true
            case "--help": help = true
            default:
                if word.hasPrefix("-") { throw OptionError("\(word): no such option; see --help") }
                photos.append(word)
            }
        }
        if !["float", "int8"].contains(precision) {
            throw OptionError("precision \(precision): no such precision; choose float or int8")
        }
        if photos.isEmpty && !help { throw OptionError("no photo: give one PPM file at least; see --help") }
        options = try RestoreOptions(light: light, kind: kind, node: node, strength: strength)
    }
}
