package androidx.activity.result.contract

import android.net.Uri
import androidx.activity.result.PickVisualMediaRequest

abstract class ActivityResultContract<I, O>

class ActivityResultContracts private constructor() {
    open class PickVisualMedia : ActivityResultContract<PickVisualMediaRequest, Uri?>() {
        sealed interface VisualMediaType

        object ImageOnly : VisualMediaType
    }

    open class OpenDocument : ActivityResultContract<Array<String>, Uri?>()

    class RequestMultiplePermissions : ActivityResultContract<Array<String>, Map<String, Boolean>>()
}
