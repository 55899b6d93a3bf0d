/** Typed reading of a JSON object: every mistake becomes a ManifestError that names the field. */
package amirnet.bundle

import amirnet.ManifestError

/** One JSON object and where it stands, for messages. Readers raise ManifestError for a wrong or missing field. */
class Fields(val values: Map<String, Any?>, val where: String) {
    fun refuse(key: String, problem: String): Nothing =
        throw ManifestError("$where: $key $problem; export the bundle again")

    private fun get(key: String, default: Any? = null): Any? =
        if (key in values) values[key] else default ?: refuse(key, "is missing")

    fun fields(key: String, default: Map<String, Any?>? = null): Fields {
        val value = asObject(get(key, default)) ?: refuse(key, "is not an object")
        return Fields(value, "$where: $key")
    }

    fun objects(key: String): List<Fields> {
        val items = (get(key) as? List<*>)?.map { asObject(it) ?: refuse(key, "is not a list of objects") }
            ?: refuse(key, "is not a list of objects")
        return items.mapIndexed { place, item -> Fields(item, "$where: $key[$place]") }
    }

    fun text(key: String, default: String? = null): String =
        get(key, default) as? String ?: refuse(key, "is not a text")

    fun boolean(key: String): Boolean = get(key) as? Boolean ?: refuse(key, "is not true or false")

    /** A whole number in least..most, both included. */
    fun integer(key: String, least: Int, most: Int): Int = long(key, least.toLong(), most.toLong()).toInt()

    /** The same of 64 bits. */
    fun long(key: String, least: Long, most: Long): Long {
        val value = get(key) as? Long
        if (value == null || value !in least..most) refuse(key, "is not a whole number from $least to $most")
        return value
    }

    fun integers(key: String): List<Long> {
        val items = get(key) as? List<*> ?: refuse(key, "is not a list of whole numbers")
        return items.map { it as? Long ?: refuse(key, "is not a list of whole numbers") }
    }

    fun number(key: String, default: Double? = null): Double =
        asNumber(get(key, default)) ?: refuse(key, "is not a finite number")

    fun numbers(key: String): List<Double> = asRow(get(key)) ?: refuse(key, "is not a list of finite numbers")

    /** A list of lists of numbers. */
    fun rows(key: String): List<List<Double>> {
        val problem = "is not a list of lists of finite numbers"
        val items = get(key) as? List<*> ?: refuse(key, problem)
        return items.map { asRow(it) ?: refuse(key, problem) }
    }
}

/** What a [readJson] object is; null for anything else. */
fun asObject(value: Any?): Map<String, Any?>? {
    if (value !is Map<*, *>) return null
    return value.entries.associate { (key, item) -> key.toString() to item }
}

private fun asRow(value: Any?): List<Double>? {
    val items = value as? List<*> ?: return null
    return items.map { asNumber(it) ?: return null }
}

private fun asNumber(value: Any?): Double? = when (value) {
    is Double -> value
    is Long -> value.toDouble().takeIf { value in -LARGEST..LARGEST }
    else -> null
}

/** Beyond it a float64 does not hold every whole number. */
private const val LARGEST = (1L shl 53) - 1
