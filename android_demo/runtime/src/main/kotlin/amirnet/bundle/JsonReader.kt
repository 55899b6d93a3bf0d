/**
 * JSON as strict as a sealed bundle needs it: UTF-8, no key twice in an object, finite numbers only, limited depth
 * (CONTRACT B4). Python and Swift have such a reader in their libraries; Android's lets too much through.
 */
package amirnet.bundle

import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException

/** Objects and lists inside one another; a manifest with more is refused (CONTRACT B4). */
const val DEPTH: Int = 64

/** What is no JSON, or not strict: the message says what and where, without a remedy. */
class JsonProblem(message: String) : Exception(message)

/**
 * The value of a JSON text: Map<String, Any?> in the order of the text, List<Any?>, String, Boolean, null; Long for a
 * number without fraction or exponent, else Double. A whole number beyond 64 bits is a [HugeNumber].
 *
 * Raises JsonProblem.
 */
fun readJson(content: ByteArray): Any? {
    val text = try {
        Charsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString()
    } catch (error: CharacterCodingException) {
        throw JsonProblem("not UTF-8 (${error.message})")
    }
    return JsonReader(text).whole()
}

/** A whole number that no field of a manifest may hold. */
data object HugeNumber

private class JsonReader(private val text: String) {
    private var at = 0
    private var depth = 0

    fun whole(): Any? {
        val value = value()
        if (at < text.length) refuse("more than one value")
        return value
    }

    private fun refuse(problem: String): Nothing = throw JsonProblem("$problem at character $at")

    private fun skipSpace() {
        while (at < text.length && text[at] in " \t\n\r") at++
    }

    /** The next character, or 0 at the end. */
    private fun peek(): Char = if (at < text.length) text[at] else Char.MIN_VALUE

    private fun take(wanted: Char) {
        if (peek() != wanted) refuse("not JSON: no '$wanted'")
        at++
    }

    private fun value(): Any? {
        skipSpace()
        val value = when (peek()) {
            '{' -> nested { mapping() }
            '[' -> nested { list() }
            '"' -> string()
            't' -> word("true", true)
            'f' -> word("false", false)
            'n' -> word("null", null)
            else -> number()
        }
        skipSpace()
        return value
    }

    private fun word(word: String, value: Boolean?): Boolean? {
        if (!text.startsWith(word, at)) refuse("not JSON")
        at += word.length
        return value
    }

    private fun <T> nested(read: () -> T): T {
        if (++depth > DEPTH) refuse("nested more than $DEPTH deep")
        at++
        skipSpace()
        return read().also { depth-- }
    }

    private fun mapping(): Map<String, Any?> {
        val found = LinkedHashMap<String, Any?>()
        items('}') {
            skipSpace()
            val key = string()
            if (key in found) refuse("a key stands twice in one object")
            skipSpace()
            take(':')
            found[key] = value()
        }
        return found
    }

    private fun list(): List<Any?> {
        val found = ArrayList<Any?>()
        items(']') { found += value() }
        return found
    }

    private inline fun items(end: Char, read: () -> Unit) {
        if (peek() != end) {
            read()
            while (peek() == ',') {
                at++
                read()
            }
        }
        take(end)
    }

    private fun string(): String {
        take('"')
        val found = StringBuilder()
        while (true) {
            val character = peek()
            if (character < ' ') refuse("not JSON: a text that does not end, or holds a control character")
            at++
            when (character) {
                '"' -> return found.toString()
                '\\' -> found.append(escaped())
                else -> found.append(character)
            }
        }
    }

    private fun escaped(): Char {
        val character = peek()
        at++
        if (character == 'u') return hexadecimal()
        val place = "\"\\/bfnrt".indexOf(character)
        if (place < 0) refuse("not JSON: an odd escape")
        return "\"\\/\b\u000C\n\r\t"[place]
    }

    private fun hexadecimal(): Char {
        val digits = text.substring(at, minOf(at + 4, text.length))
        if (!HEXADECIMAL.matches(digits)) refuse("not JSON: an odd escape")
        at += digits.length
        return digits.toInt(16).toChar()
    }

    private fun number(): Any {
        val start = at
        while (peek() in "+-.0123456789eE") at++
        val digits = text.substring(start, at)
        if (!NUMBER.matches(digits)) refuse("not JSON, or not a finite number")
        if (digits.none { it in ".eE" }) return digits.toLongOrNull() ?: HugeNumber
        val number = digits.toDouble()
        if (number.isInfinite()) refuse("$digits is not a finite number")
        return number
    }
}

private val HEXADECIMAL = Regex("[0-9a-fA-F]{4}")
private val NUMBER = Regex("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")
