using System.Runtime.InteropServices;

namespace Fairlead.Inference.Loading;

/// <summary>The two calls of POSIX that .NET does not offer. Without effect, or false, on other systems.</summary>
public static partial class FileSystem
{
    private const int ReadOnly = 0;

    /// <summary>
    /// Makes the names in a folder durable; a renamed file may otherwise be gone after a power failure.
    /// </summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;

        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
            throw new IOException($"The folder '{folder}' cannot be opened: error {Marshal.GetLastPInvokeError()}.");

        try
        {
            // Some file systems (network, overlay) refuse to flush a folder; they order names by themselves.
            _ = Flush(descriptor);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Gives a file a second name; false when the file system cannot, as between two of them.</summary>
    public static bool TryLink(string existing, string name) =>
        !OperatingSystem.IsWindows() && Link(existing, name) == 0;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);
}
