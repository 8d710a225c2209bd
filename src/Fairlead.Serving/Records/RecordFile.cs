using Fairlead.Inference.Loading;
using Microsoft.Win32.SafeHandles;

namespace Fairlead.Serving.Records;

/// <summary>
/// The file of the append log that is written now. Whole frames only: what a failing disk took in part is cut off again
/// or, where that fails too, left as a torn end that reading stops at.
/// </summary>
internal sealed class RecordFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly HashSet<int> _schemas = [];

    private RecordFile(string path, SafeFileHandle handle, long openedAt)
    {
        (Path, _handle, OpenedAt) = (path, handle, openedAt);
    }

    public string Path { get; }

    /// <summary>When it was opened, as a timestamp.</summary>
    public long OpenedAt { get; }

    /// <summary>Bytes of whole frames.</summary>
    public long Length { get; private set; }

    /// <summary>Makes a new file; throws <see cref="IOException"/>.</summary>
    public static RecordFile Create(string path, long openedAt)
    {
        // Records are of people; nobody else on the machine reads them.
        if (!OperatingSystem.IsWindows())
        {
            using var made = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }

        var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read | FileShare.Delete);
        var file = new RecordFile(path, handle, openedAt);
        try
        {
            file.Append(SegmentForm.Head());
            FileSystem.FlushFolder(System.IO.Path.GetDirectoryName(path)!);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Adds frames, with the schemas before them that the file does not hold yet.</summary>
    public long Append(ReadOnlySpan<byte> frames, IReadOnlyList<RecordSchema> schemas)
    {
        var before = Length;
        foreach (var schema in schemas)
        {
            if (_schemas.Contains(schema.Id))
                continue;
            Append(SegmentForm.Frame(schema));
            _schemas.Add(schema.Id);
        }

        Append(frames);
        return Length - before;
    }

    /// <summary>Makes what was added outlast a power failure.</summary>
    public void Flush() => RandomAccess.FlushToDisk(_handle);

    public void Dispose() => _handle.Dispose();

    private void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_handle, bytes, Length);
            Length += bytes.Length;
        }
        catch (IOException)
        {
            CutTornEnd();
            throw;
        }
    }

    private void CutTornEnd()
    {
        try
        {
            RandomAccess.SetLength(_handle, Length);
        }
        catch (IOException)
        {
            // The next frames are written over it.
        }
    }
}
