import com.adobe.epubcheck.tool.EpubChecker;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Runs EPUBCheck's command line on one book after the other in one Java process, for epubmaker/packager/jvm.py.
 *
 * <p>A request on standard input is the length of a path, four bytes with the highest first, and the path in UTF-8. The
 * answer on standard output is three such numbers, the command's exit status and the lengths of what it wrote to its
 * standard output and standard error, and then both. The process ends at once when standard input does, whatever it is
 * doing, so that it never outlives its parent.
 *
 * <p>Compile with: javac --release 17 -g:none -cp epubcheck.jar CheckServer.java
 */
final class CheckServer {
    private CheckServer() {}

    public static void main(String[] arguments) throws Exception {
        LinkedBlockingQueue<String> paths = new LinkedBlockingQueue<>();
        Thread reader = new Thread(() -> read(paths));
        reader.setDaemon(true);
        reader.start();
        try (DataOutputStream answers =
                new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)))) {
            while (true) {
                answer(paths.take(), answers);
            }
        }
    }

    private static void read(LinkedBlockingQueue<String> paths) {
        try (DataInputStream requests = new DataInputStream(System.in)) {
            while (true) {
                byte[] path = new byte[requests.readInt()];
                requests.readFully(path);
                paths.add(new String(path, StandardCharsets.UTF_8));
            }
        } catch (IOException end) {
            Runtime.getRuntime().halt(0);
        }
    }

    private static void answer(String path, DataOutputStream answers) throws IOException {
        ByteArrayOutputStream report = new ByteArrayOutputStream();
        ByteArrayOutputStream complaint = new ByteArrayOutputStream();
        System.setOut(new PrintStream(report, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(complaint, true, StandardCharsets.UTF_8));
        int status = new EpubChecker().run(new String[] {path, "--json", "-", "-q"});
        System.out.flush();
        System.err.flush();
        answers.writeInt(status);
        answers.writeInt(report.size());
        answers.writeInt(complaint.size());
        report.writeTo(answers);
        complaint.writeTo(answers);
        answers.flush();
    }
}
