/** How many processors this process may use (CONTRACT G9). */
package amirnet.engines

/** Those that the process is tied to, and no more than its container's quota, rounded up: as the platform tells. */
fun availableProcessors(): Int = Runtime.getRuntime().availableProcessors()
