"""Hides the lists of permitted subclasses of a jar's classes: unseal.py IN OUT

The D8 that a package registry has is older than sealed classes and refuses them; nothing on a phone looks at the lists.
Under another name of the same length they are attributes that nobody knows, which are passed over. (Gradle's own D8
takes sealed classes as they are.)
"""

import sys
import zipfile

NAME = b"PermittedSubclasses"

with zipfile.ZipFile(sys.argv[1]) as sealed, zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_STORED) as out:
    for name in sorted(sealed.namelist()):
        if name.endswith(".class"):
            out.writestr(zipfile.ZipInfo(name), sealed.read(name).replace(NAME, b"-" + NAME[1:]))
