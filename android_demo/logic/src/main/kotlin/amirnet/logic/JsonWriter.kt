package amirnet.logic

/**
 * JSON as text, two spaces a level: the same value gives the same text on every phone. Maps (in their order),
 * iterables,
 * strings, whole numbers, finite fractions, booleans and null.
 */
object JsonWriter {
    fun write(value: Any?): String = StringBuilder().also { put(it, value, "") }.append('\n').toString()

    private fun put(out: StringBuilder, value: Any?, indent: String) {
        when (value) {
            null, is Boolean, is Int, is Long -> out.append(value)
            is Double -> {
                require(value.isFinite()) { "$value has no place in JSON" }
                // Without an exponent, and whole numbers without a fraction.
                out.append(java.math.BigDecimal(value.toString()).stripTrailingZeros().toPlainString())
            }
            is String -> quote(out, value)
            is Map<*, *> -> block(out, indent, '{', '}', value.entries) { (key, item) ->
                quote(out, key as String)
                out.append(": ")
                put(out, item, "$indent  ")
            }
            is Iterable<*> -> block(out, indent, '[', ']', value) { put(out, it, "$indent  ") }
            else -> throw IllegalArgumentException("${value.javaClass.simpleName} has no place in JSON")
        }
    }

    private fun <T> block(
        out: StringBuilder,
        indent: String,
        open: Char,
        close: Char,
        items: Iterable<T>,
        item: (T) -> Unit,
    ) {
        out.append(open)
        var first = true
        for (each in items) {
            out.append(if (first) "\n" else ",\n").append(indent).append("  ")
            first = false
            item(each)
        }
        if (!first) out.append('\n').append(indent)
        out.append(close)
    }

    private fun quote(out: StringBuilder, text: String) {
        out.append('"')
        for (letter in text) {
            when {
                letter == '"' || letter == '\\' -> out.append('\\').append(letter)
                letter == '\n' -> out.append("\\n")
                letter < ' ' || letter.isSurrogate() -> out.append("\\u%04x".format(letter.code))
                else -> out.append(letter)
            }
        }
        out.append('"')
    }
}
