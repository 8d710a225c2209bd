using System.Security.Cryptography;

namespace Fairlead.Server.Storage;

/// <summary>
/// The folder of one process, locked for as long as it runs: a second process on the same SQLite file would undo what
/// the first one's writer gate guarantees. The system gives the lock back when a process dies, however it dies.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>The SQLite file.</summary>
    public string DatabaseFile => System.IO.Path.Combine(Path, "fairlead.db");

    /// <summary>
    /// Makes the folder when needed and locks it; throws <see cref="DataFolderInUseException"/> while another process
    /// has it, and <see cref="DataFolderException"/> when it cannot be made or written.
    /// </summary>
    public static DataFolder Open(string folder)
    {
        var path = System.IO.Path.GetFullPath(folder);
        try
        {
            Make(path);
            return new DataFolder(path, new FileStream(
                System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException inUse) when (IsSharingViolation(inUse))
        {
            throw new DataFolderInUseException(path, inUse);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException(path, unusable);
        }
    }

    /// <summary>A folder below this one, made when needed.</summary>
    public string Below(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    /// <summary>
    /// The name of this replica when none is configured: kept, so that a restart is the same replica.
    /// </summary>
    public string ReplicaName()
    {
        var file = System.IO.Path.Combine(Path, "replica");
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } kept)
            return kept;

        var name = $"{Environment.MachineName}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
        File.WriteAllText(file, name);
        return name;
    }

    public void Dispose() => _lock.Dispose();

    private static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>
    /// Another process holds the lock (EWOULDBLOCK on Unix); every other failure is about the folder itself.
    /// </summary>
    private static bool IsSharingViolation(IOException failure) =>
        failure.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x80070020)
            : OperatingSystem.IsMacOS() ? 35 : 11);
}

/// <summary>Another process uses the data folder.</summary>
public sealed class DataFolderInUseException(string folder, Exception inner)
    : Exception(
        $"The folder '{folder}' is in use by another fairlead process. Stop that one, or name another folder.", inner);

/// <summary>The data folder cannot be made or written.</summary>
public sealed class DataFolderException(string folder, Exception inner)
    : Exception(
        $"The data folder '{folder}' cannot be used: {inner.Message} Name a folder that this user may write.", inner);
