/** Every vector of the contract, replayed; and none is left out. */
package amirnet

import amirnet.vectors.REPLAYS
import amirnet.vectors.VECTORS
import amirnet.vectors.VectorFile
import amirnet.vectors.replay
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicContainer.dynamicContainer
import org.junit.jupiter.api.DynamicNode
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

class VectorsTest {
    private val files = VECTORS.listFiles().orEmpty().filter { it.name.endsWith(".json") }.sorted().map(::VectorFile)

    @Test
    fun `every vector file has a replay and the other way round`() {
        assertEquals(REPLAYS.keys.sorted(), files.map { it.toString() })
    }

    @TestFactory
    fun `every case`(): List<DynamicNode> = files.map { file ->
        val replays = REPLAYS[file.toString()].orEmpty()
        val known = dynamicTest("its groups are known, and none is empty") {
            assertEquals(file.groups.keys, replays.keys)
            assertTrue(file.groups.values.all { it.isNotEmpty() })
        }
        val groups = file.groups.filterKeys { it in replays }.map { (name, cases) ->
            dynamicContainer(name, cases.map { dynamicTest(it.name) { replay(it, replays.getValue(name)) } })
        }
        dynamicContainer(file.toString(), listOf(known) + groups)
    }
}
