import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import jdk.internal.org.objectweb.asm.ClassReader;
import jdk.internal.org.objectweb.asm.ClassWriter;
import jdk.internal.org.objectweb.asm.tree.ClassNode;

/**
 * Puts additions to the platform's classes, compiled from stubs/android, into copies of an older android.jar's own:
 * java --add-exports java.base/jdk.internal.org.objectweb.asm=ALL-UNNAMED
 *      --add-exports java.base/jdk.internal.org.objectweb.asm.tree=ALL-UNNAMED MergeStubs.java android.jar ADDITIONS
 * OUT
 *
 * OUT is a folder of classes that is put before android.jar on a class path. Nothing of it ever runs.
 */
public final class MergeStubs {
    public static void main(String[] words) throws Exception {
        Path additions = Path.of(words[1]);
        Path out = Path.of(words[2]);
        try (JarFile platform = new JarFile(words[0])) {
            List<Path> files;
            try (var found = Files.walk(additions)) {
                files = found.filter(file -> file.toString().endsWith(".class")).sorted().toList();
            }
            for (Path file : files) {
                String name = additions.relativize(file).toString();
                JarEntry entry = platform.getJarEntry(name);
                byte[] added = Files.readAllBytes(file);
                byte[] merged = entry == null ? added : merged(platform.getInputStream(entry).readAllBytes(), added);
                Path to = out.resolve(name);
                Files.createDirectories(to.getParent());
                Files.write(to, merged);
            }
            // A compiler looks for nested classes beside the outer one: the platform's own come along.
            for (JarEntry entry : platform.stream().filter(each -> each.getName().contains("$")).toList()) {
                String name = entry.getName();
                Path to = out.resolve(name);
                if (Files.exists(out.resolve(name.substring(0, name.indexOf('$')) + ".class")) && !Files.exists(to)) {
                    Files.write(to, platform.getInputStream(entry).readAllBytes());
                }
            }
        }
    }

    private static byte[] merged(byte[] own, byte[] added) {
        ClassNode whole = read(own);
        ClassNode more = read(added);
        Set<String> there = new HashSet<>();
        whole.methods.forEach(method -> there.add(method.name + method.desc));
        whole.fields.forEach(field -> there.add(field.name));
        more.methods.stream().filter(method -> there.add(method.name + method.desc)).forEach(whole.methods::add);
        more.fields.stream().filter(field -> there.add(field.name)).forEach(whole.fields::add);
        Set<String> inner = new HashSet<>();
        whole.innerClasses.forEach(each -> inner.add(each.name));
        more.innerClasses.stream().filter(each -> inner.add(each.name)).forEach(whole.innerClasses::add);
        whole.version = Math.max(whole.version, more.version);
        ClassWriter writer = new ClassWriter(0);
        whole.accept(writer);
        return writer.toByteArray();
    }

    private static ClassNode read(byte[] bytes) {
        ClassNode node = new ClassNode();
        new ClassReader(bytes).accept(node, 0);
        return node;
    }
}
