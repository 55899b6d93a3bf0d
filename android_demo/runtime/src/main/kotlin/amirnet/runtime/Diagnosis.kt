/** What is wrong with a photo, what a user wants of it, and so what is done to it (CONTRACT T, C, E, R3, R7). */
package amirnet.runtime

import amirnet.EngineError
import amirnet.OptionError

/**
 * What is wrong with a photo: the chosen node, the way to it with each step's probability (the root's is 1), their
 * product, the restorer's code (K numbers), and the averaged mask (K numbers).
 *
 * [kinds]: kind of damage -> how likely, the likeliest first; they add up to 1. Empty where the model states no kinds,
 * or a node was forced. [light]: the curves that the photo is brightened by; null: this model has no such step.
 * [levels]: how often each level occurs in the probes, three rows of 256; null where nobody looked.
 */
class Diagnosis(
    val node: Long,
    val path: List<Long>,
    val confidences: List<Double>,
    val confidence: Double,
    val code: Floats,
    val mask: Doubles,
    val kinds: Map<String, Double>,
    val light: LightCurve?,
    val levels: List<Integers>?,
) {
    /** The probes' mean level, 0..255, before and after [light]; null where there is no light, or no levels. */
    val meanLevels: Pair<Double, Double>?
        get() = if (light == null || levels == null) null else meanLevel(levels) to meanLevel(levels, light.tables)
}

/** Raises NodeError and OptionError for what the model has nothing for, before a photo is looked at. */
fun checkOptions(model: ModelSpec, options: RestoreOptions) {
    val tree = model.tree
    val light = options.light
    options.node?.let { tree.node(it) }
    options.kind?.let { checkKind(tree, it) }
    if (light == Light.Brighten) checkKind(tree, LOW_LIGHT)
    if (model.light != null) return
    val led = options.kind != null || options.node != null
    if (light == Light.Keep && !led && kindsOf(tree).isEmpty()) {
        val problem = "this model does not state which of its nodes brighten"
        throw OptionError("light keep: $problem; leave it out, or give a node")
    }
    if (light is Light.Scaled && light.by != 1.0) {
        throw OptionError("light ${light.by}: this model has no curve to scale; take auto, keep or brighten")
    }
}

/** The diagnosis of a photo. Raises EngineError, NodeError, OptionError. */
fun diagnose(model: ModelSpec, engine: Engine, photo: PhotoRows, options: RestoreOptions): Diagnosis {
    checkOptions(model, options)
    val (tree, head, probe) = Triple(model.tree, model.light, model.probe)
    val wantsLight = head != null && options.light != Light.Keep
    val squares = if (options.node != null && !wantsLight) null
    else ProbePlan(photo.width, photo.height, probe.size, probe.probesPerSide).gather(photo::read)
    val found = if (options.node != null || squares == null) forced(tree, options)
    else walked(model, engine.encode(squares), options)
    val levels = squares?.let(::countLevels)
    val light = when {
        head == null -> null
        levels == null || !wantsLight -> NO_LIGHT
        else -> head.curve(found.lightCode, levelStatistics(levels), model.where).times(options.light)
    }
    val (walk, code, mask) = found
    return Diagnosis(walk.node, walk.path, walk.confidences, walk.confidence, code, mask, found.kinds, light, levels)
}

/** Where a photo went, by what code it is restored, and what its light is asked with. */
private data class Found(
    val walk: Walk,
    val code: Floats,
    val mask: Doubles,
    val lightCode: Floats,
    val kinds: Map<String, Double>,
)

private fun LightCurve.times(light: Light): LightCurve = if (light is Light.Scaled) scaled(light.by) else this

/** CONTRACT R3. */
private fun forced(tree: DegradationTree, options: RestoreOptions): Found {
    val path = tree.pathTo(checkNotNull(options.node))
    val code = tree.codeFor(path.last())
    return Found(Walk(path, path.map { 1.0 }), code, Doubles(tree.size), code, emptyMap())
}

private fun walked(model: ModelSpec, encoded: Encoded, options: RestoreOptions): Found {
    val averages = average(encoded.mask, encoded.value, model.probe.trim)
    if (!(averages.mask + averages.soft).all { it.isFinite() }) {
        throw EngineError("${model.where}: the encoder returned NaN or infinity; export the bundle again")
    }
    val (walk, code, lightCode) = walks(model.tree, averages, options)
    return Found(walk, code, averages.mask, lightCode, likelihoods(model.tree, averages.mask))
}

/**
 * The walk that the options ask for, the restorer's code, and the code that the light is asked with (CONTRACT T9, E7).
 */
private fun walks(tree: DegradationTree, averages: Averages, options: RestoreOptions): Triple<Walk, Floats, Floats> {
    val free = tree.walk(averages.mask)

    fun towards(kinds: Set<String>) = tree.walk(averages.mask, allowedFor(tree, kinds))

    fun codeOf(walk: Walk) = tree.codeFor(walk.node, averages.soft.takeIf { walk.path == free.path })

    val chosen = when {
        options.kind != null -> towards(setOf(kindOf(options.kind)))
        options.light == Light.Brighten -> towards(setOf(LOW_LIGHT))
        options.light == Light.Keep && commonest(tree.node(free.node)) == LOW_LIGHT ->
            towards(kindsOf(tree).toSet() - LOW_LIGHT)
        else -> free
    }
    val bright = if (options.light == Light.Brighten) towards(setOf(LOW_LIGHT)) else chosen
    return Triple(chosen, codeOf(chosen), codeOf(bright))
}
