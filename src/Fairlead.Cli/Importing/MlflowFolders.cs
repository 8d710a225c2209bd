using System.Net;
using Fairlead.Client.Mlflow;

namespace Fairlead.Cli.Importing;

/// <summary>
/// The files of an MLflow store where they lie on this machine: at addresses that name a folder, and behind those of
/// the artifact proxy in the folder that the proxy had.
/// </summary>
/// <param name="baseFolder">What relative addresses are relative to.</param>
/// <param name="proxied">The folder of the proxy (<c>--artifacts-destination</c>); null: it is not known.</param>
internal sealed class MlflowFolders(string baseFolder, string? proxied)
{
    private const string Proxy = "mlflow-artifacts:";

    // A link may lead anywhere, and what it names was never in the store.
    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
        MaxRecursionDepth = 64,
    };

    /// <summary>The folder of an address; null: it is on no disk of this machine that is known.</summary>
    public string? Of(string address)
    {
        if (address.StartsWith(Proxy, StringComparison.Ordinal))
        {
            var path = address[Proxy.Length..];
            if (path.StartsWith("//", StringComparison.Ordinal))
                path = path[2..].IndexOf('/', StringComparison.Ordinal) is >= 0 and var host ? path[(2 + host)..] : "";
            return proxied is null ? null : Inside(proxied, path.Trim('/'));
        }

        if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.IsFile)
            return Uri.UnescapeDataString(uri.AbsolutePath);
        return address.Length == 0 || address.Contains(':', StringComparison.Ordinal)
            ? null
            : Path.GetFullPath(address, baseFolder);
    }

    /// <summary>The files below a folder; none where it is not there.</summary>
    public static IReadOnlyList<MlflowFile> Files(string folder) => !Directory.Exists(folder)
        ? []
        :
        [
            .. Directory.EnumerateFiles(folder, "*", Everything).Order(StringComparer.Ordinal)
                .Select(file => new MlflowFile(
                    Path.GetRelativePath(folder, file).Replace('\\', '/'), new FileInfo(file).Length)),
        ];

    /// <summary>Opens a file below a folder.</summary>
    public static Stream Open(string folder, string path)
    {
        try
        {
            return File.OpenRead(Inside(folder, path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MlflowException(HttpStatusCode.NotFound, "", failure.Message);
        }
    }

    private static string Inside(string folder, string path)
    {
        var root = Path.GetFullPath(folder);
        var full = Path.GetFullPath(path, root);
        return full == root || full.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? full
            : throw new MlflowException(
                HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", $"'{path}' leads out of {root}");
    }
}
