using System.Diagnostics;
using System.Text;

namespace Fairlead.Tidy;

/// <summary>One place in the tree that breaks a rule. Line 0 stands for the file as a whole.</summary>
public sealed record Violation(string Path, int Line, string Message)
{
    public override string ToString() => Line > 0 ? $"{Path}:{Line}: {Message}" : $"{Path}: {Message}";
}

/// <summary>A file of the tree; its bytes are read when a rule first asks for them.</summary>
public sealed class TreeFile(string path, Func<byte[]> read)
{
    private static readonly string[] BinaryExtensions =
        [".onnx", ".bin", ".data", ".parquet", ".png", ".gif", ".ico", ".woff2", ".pb", ".gz", ".npy", ".npz"];

    private readonly Lazy<byte[]> _bytes = new(read);
    private string? _text;
    private string[]? _lines;

    public string Path { get; } = path;

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public string Extension => System.IO.Path.GetExtension(Path);

    public long Size => _bytes.Value.LongLength;

    public string Text => _text ??= Encoding.UTF8.GetString(_bytes.Value);

    public string[] Lines => _lines ??= Text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    public bool IsBinary => BinaryExtensions.Contains(Extension) || _bytes.Value.AsSpan().IndexOf((byte)0) >= 0;

    /// <summary>Written by a tool, so that no rule about writing applies.</summary>
    public bool IsGenerated =>
        Path.Contains("/Migrations/", StringComparison.Ordinal)
        || Path.EndsWith(".g.cs", StringComparison.Ordinal)
        || Path.EndsWith(".Designer.cs", StringComparison.Ordinal);

    /// <summary>A C# file that somebody wrote.</summary>
    public bool IsWrittenCode => Extension is ".cs" or ".razor" && !IsGenerated;

    public bool IsIn(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);
}

/// <summary>
/// What the rules look at: the files of the repository, or a few planted ones. Paths are relative to the root and use
/// <c>/</c>. Build outputs are never part of it.
/// </summary>
public sealed class SourceTree
{
    private readonly Dictionary<string, TreeFile> _files;
    private readonly HashSet<string> _folders;

    private SourceTree(IEnumerable<TreeFile> files)
    {
        _files = files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        _folders = new HashSet<string>(_files.Keys.SelectMany(FoldersOf), StringComparer.Ordinal);
    }

    public IEnumerable<TreeFile> Files => _files.Values.OrderBy(file => file.Path, StringComparer.Ordinal);

    /// <summary>Files that the rules about writing apply to. The rules themselves must name what they forbid.</summary>
    public IEnumerable<TreeFile> WrittenText =>
        Files.Where(file => !file.IsBinary && !file.IsGenerated && !file.IsIn("tests/Fairlead.Tidy"));

    public TreeFile? Find(string path) => _files.GetValueOrDefault(path);

    public bool HasFolder(string path) => _folders.Contains(path.TrimEnd('/'));

    /// <summary>A tree that exists only in a test.</summary>
    public static SourceTree Of(params (string Path, string Text)[] files) =>
        new(files.Select(file => new TreeFile(file.Path, () => Encoding.UTF8.GetBytes(file.Text))));

    /// <summary>
    /// The files that git tracks or would track, as they lie in the working folder; so a rule speaks up before the
    /// commit that would break it.
    /// </summary>
    public static SourceTree OfRepository()
    {
        var root = FindRoot();
        var paths = ListFiles(root).Where(path => File.Exists(Path.Combine(root, path)));
        return new SourceTree(
            paths.Select(path => new TreeFile(path, () => File.ReadAllBytes(Path.Combine(root, path)))));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Fairlead.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("No Fairlead.slnx above the tests.");
    }

    private static string[] ListFiles(string root)
    {
        var start = new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start)!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        if (git.ExitCode != 0)
            throw new InvalidOperationException("The rules read the list of files from git; this is no checkout.");
        return [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct()];
    }

    private static IEnumerable<string> FoldersOf(string path)
    {
        for (var slash = path.IndexOf('/'); slash > 0; slash = path.IndexOf('/', slash + 1))
            yield return path[..slash];
    }
}
