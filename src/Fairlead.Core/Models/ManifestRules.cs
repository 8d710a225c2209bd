using Fairlead.Core.Refusals;

namespace Fairlead.Core.Models;

/// <summary>
/// Says whether files may make up a version, and which of them is the model. Pure; every fault is reported.
/// </summary>
public static class ManifestRules
{
    /// <summary>Most files of a version.</summary>
    public const int MaxFiles = 10_000;

    /// <summary>Longest path of a file inside a version, in UTF-16 characters.</summary>
    public const int MaxPathLength = 1024;

    /// <summary>The file that is taken for the model when there are several.</summary>
    public const string UsualEntry = "model.onnx";

    private const string OnnxSuffix = ".onnx";

    /// <summary>Finds the faults of a list of files; an empty list means that it is good.</summary>
    public static IReadOnlyList<Refusal> Check(IReadOnlyList<ManifestFile> files)
    {
        if (files.Count is 0 or > MaxFiles)
            return [Fault("invalid_files", "files", $"A version has 1 to {MaxFiles} files, this one {files.Count}.")];

        var faults = new List<Refusal>();
        var paths = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < files.Count; i++)
        {
            var (path, size) = (files[i].Path, files[i].Size);
            if (WhyNotPath(path) is { } why)
                faults.Add(Fault("invalid_path", $"files[{i}].path", $"The path '{path}' {why}."));
            else if (!paths.TryAdd(path, path))
                faults.Add(Fault("duplicate_path", $"files[{i}].path", Duplicate(path, paths[path])));
            if (size < 0)
                faults.Add(Fault("invalid_size", $"files[{i}].size", "A size is not negative."));
        }

        if (faults.Count == 0)
            CheckFoldersAreNotFiles(files, paths, faults);
        return faults;
    }

    /// <summary>
    /// Finds the model among the files: the one that is named, else the only one that ends in <c>.onnx</c>, else
    /// <c>model.onnx</c>. Throws <see cref="RefusalException"/> with code <c>no_entry</c> or <c>ambiguous_entry</c>.
    /// </summary>
    public static string FindEntry(IReadOnlyList<ManifestFile> files, string? entry)
    {
        if (entry is not null)
        {
            return files.Any(file => file.Path == entry)
                ? entry
                : throw new RefusalException(
                    Fault("no_entry", "entry", $"The entry '{entry}' is not one of the version's files."));
        }

        var models = files.Where(file => file.Path.EndsWith(OnnxSuffix, StringComparison.OrdinalIgnoreCase)).ToList();
        if (models.Count == 1)
            return models[0].Path;
        if (models.Any(file => file.Path == UsualEntry))
            return UsualEntry;

        throw new RefusalException(models.Count == 0
            ? Fault("no_entry", "files", "None of the files ends in '.onnx'; say which one is the model with 'entry'.")
            : Fault("ambiguous_entry", "entry",
                $"{models.Count} files end in '.onnx' and none is '{UsualEntry}'; "
                + "say which one is the model with 'entry'."));
    }

    /// <summary>
    /// Says why a path must not be written below a folder, or null when it may. Paths that any of the systems we run on
    /// would read as something else than a name below that folder are refused on all of them.
    /// </summary>
    public static string? WhyNotPath(string? path)
    {
        if (string.IsNullOrEmpty(path))
            return "is empty";
        if (path.Length > MaxPathLength)
            return $"is longer than {MaxPathLength} characters";
        if (path[0] == '/')
            return "is absolute";
        foreach (var c in path)
        {
            if (c is '\\' or ':' || char.IsControl(c))
                return $"contains the character U+{(int)c:X4}";
        }

        foreach (var part in path.Split('/'))
        {
            if (part.Length == 0)
                return "has an empty part";
            if (part is "." or "..")
                return "contains '.' or '..'";
            if (part[^1] is '.' or ' ')
                return "has a part that ends in a dot or a space";
        }

        return null;
    }

    private static void CheckFoldersAreNotFiles(
        IReadOnlyList<ManifestFile> files, Dictionary<string, string> paths, List<Refusal> faults)
    {
        for (var i = 0; i < files.Count; i++)
        {
            var path = files[i].Path;
            for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
            {
                if (!paths.ContainsKey(path[..slash]))
                    continue;
                faults.Add(Fault("duplicate_path", $"files[{i}].path",
                    $"'{path[..slash]}' cannot be a file and the folder of '{path}' at once."));
                break;
            }
        }
    }

    private static string Duplicate(string path, string earlier) => path == earlier
        ? $"There are two files '{path}'."
        : $"'{path}' and '{earlier}' are the same file on systems that do not tell capitals apart.";

    private static Refusal Fault(string code, string field, string message) =>
        new(RefusalKind.Invalid, code, message) { Field = field };
}
