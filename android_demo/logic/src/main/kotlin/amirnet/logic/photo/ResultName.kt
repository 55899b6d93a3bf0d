package amirnet.logic.photo

/** What a result is called: never as the photo, never as anything that is there already. */
object ResultName {
    private const val ADDED = "_restored"
    private const val MOST = 120
    private val UNFIT = Regex("[\\\\/:*?\"<>|\\p{Cntrl}]")

    /**
     * The name of a result.
     *
     * @param photo the photo's name as its app tells it, null or empty where it tells none.
     * @param taken names that are there already.
     */
    fun of(photo: String?, format: ImageFormat, taken: Set<String> = emptySet()): String {
        val stem = photo.orEmpty().substringBeforeLast('.').replace(UNFIT, "_").trim(' ', '.').take(MOST)
        val base = stem.ifEmpty { "photo" }.removeSuffix(ADDED) + ADDED
        var name = base + format.suffix
        var number = 2
        while (name in taken) name = "${base}_${number++}${format.suffix}"
        return name
    }
}
