using System.Globalization;
using Fairlead.Inference.Loading;

namespace Fairlead.Serving.Records.Tables;

/// <summary>Tables of records in a folder of this machine: a folder an endpoint, and in it one a day.</summary>
public sealed class RecordTableFolder : IRecordTables
{
    private readonly string _folder;
    private readonly string _drafts;
    private int _draft;

    /// <summary>Uses a folder, which is made when the first table comes. Drafts of an earlier process go.</summary>
    public RecordTableFolder(string folder)
    {
        _folder = folder;
        _drafts = Path.Combine(folder, "drafts");
        if (Directory.Exists(_drafts))
            Directory.Delete(_drafts, recursive: true);
    }

    public IReadOnlyList<RecordTable> List(int? endpoint = null)
    {
        if (!Directory.Exists(_folder))
            return [];

        var roots = endpoint is { } number
            ? [Path.Combine(_folder, number.ToString(CultureInfo.InvariantCulture))]
            : Directory.GetDirectories(_folder);
        var found = new List<string>();
        foreach (var root in roots.Where(root => root != _drafts && Directory.Exists(root)))
            found.AddRange(Directory.EnumerateFiles(root, "*" + RecordTable.Extension, SearchOption.AllDirectories));
        return [.. found
            .Select(path => Path.GetRelativePath(_folder, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal)
            .Select(path => (Is: RecordTable.TryParse(path, out var table), Table: table))
            .Where(each => each.Is).Select(each => each.Table)];
    }

    public string Draft()
    {
        Directory.CreateDirectory(_drafts);
        var number = Interlocked.Increment(ref _draft);
        return Path.Combine(_drafts, number.ToString(CultureInfo.InvariantCulture) + RecordTable.Extension);
    }

    public void Publish(string draft, RecordTable table)
    {
        using (var written = File.OpenHandle(draft, FileMode.Open, FileAccess.ReadWrite))
            RandomAccess.FlushToDisk(written);

        // Records are of people; nobody else on the machine reads them.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(draft, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var path = PathOf(table);
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        File.Move(draft, path, overwrite: true);
        FileSystem.FlushFolder(folder);
    }

    public string? Fetch(RecordTable table) => PathOf(table) is var path && File.Exists(path) ? path : null;

    public void Delete(RecordTable table)
    {
        var path = PathOf(table);
        try
        {
            File.Delete(path);
            if (!Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(path)!).Any())
                Directory.Delete(Path.GetDirectoryName(path)!);
        }
        catch (Exception gone) when (gone is DirectoryNotFoundException)
        {
            // It went with its day.
        }
        catch (IOException)
        {
            // A table of the same day came meanwhile, and the folder stays.
        }
    }

    private string PathOf(RecordTable table) => Path.Combine(_folder, table.ToString());
}
