using System.Text;
using Fairlead.Core.Refusals;

namespace Fairlead.Server.Tracking.Artifacts;

/// <summary>Paths of artifacts, and the addresses under which clients know them.</summary>
internal static class ArtifactPaths
{
    /// <summary>Longest path, in bytes of UTF-8: the databases index it.</summary>
    public const int MaxBytes = 1_024;

    /// <summary>The folder in which versions of registered models are found; nobody writes there.</summary>
    public const string Registered = "registered";

    private const string Scheme = "mlflow-artifacts:";
    private const int Decodings = 4;

    /// <summary>
    /// A path that a caller sent, checked: no part of it leads upwards, also when it is decoded again, and it begins
    /// nowhere but at the root of all artifacts.
    /// </summary>
    public static string Checked(string path)
    {
        var decoded = path;
        for (var i = 0; i < Decodings; i++)
        {
            if (!IsPlain(decoded))
                throw Invalid(path);
            decoded = Uri.UnescapeDataString(decoded);
        }

        return Encoding.UTF8.GetByteCount(path) <= MaxBytes
            ? path
            : throw new RefusalException(RunRefusals.Invalid("path",
                $"Invalid path: it has more than {MaxBytes} bytes."));
    }

    /// <summary>A path below a folder, both checked; an empty one is the folder itself.</summary>
    public static string Below(string folder, string? path) =>
        string.IsNullOrEmpty(path) ? folder : Checked($"{folder}/{path.TrimEnd('/')}");

    /// <summary>The path that an address of this server names; null for an address elsewhere.</summary>
    public static string? Of(string address) => PathOf(address) is { } path ? Checked(path) : null;

    /// <summary>Says whether an address names all artifacts of this server.</summary>
    public static bool IsRoot(string address) => PathOf(address) is "";

    public static string Address(string path) => $"{Scheme}/{path}";

    public static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    public static string Parent(string path) => path.LastIndexOf('/') is >= 0 and var slash ? path[..slash] : "";

    /// <summary>The folders that a path lies in, the uppermost first.</summary>
    public static IEnumerable<string> Folders(string path)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
            yield return path[..slash];
    }

    private static string? PathOf(string address)
    {
        if (!address.StartsWith(Scheme, StringComparison.Ordinal))
            return null;
        var rest = address[Scheme.Length..];
        if (rest.StartsWith("//", StringComparison.Ordinal))
            rest = rest[2..].IndexOf('/') is >= 0 and var slash ? rest[(2 + slash)..] : "";
        return rest.Trim('/');
    }

    private static bool IsPlain(string path) => path.Length > 0 && !path.Contains('\\') && !path.Any(char.IsControl)
        && path.Split('/').All(part => part is not ("" or "." or ".."));

    private static RefusalException Invalid(string path) => new(RunRefusals.Invalid("path",
        $"Invalid path: '{(path.Length > 100 ? path[..100] + "…" : path)}'"));
}
