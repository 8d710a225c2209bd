using Fairlead.Client.Api;
using Fairlead.Core.Lineage;

namespace Fairlead.Cli.Uploads;

/// <summary>What this machine can tell of where a model comes from, without being asked.</summary>
internal static class LocalSources
{
    /// <summary>The environment variable that names the image of the container in which this runs.</summary>
    public const string ContainerVariable = "FAIRLEAD_CONTAINER_IMAGE";

    /// <summary>The packages that a file beside the model names, and the image of the container.</summary>
    /// <param name="path">The model file or folder.</param>
    /// <param name="container">The image, where it is known.</param>
    public static async Task<EnvironmentLineage?> EnvironmentAsync(
        string path, string? container, CancellationToken cancellation)
    {
        var folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        var environment = new EnvironmentLineage
        {
            Container = string.IsNullOrWhiteSpace(container) ? null : container,
        };
        foreach (var name in EnvironmentFile.Names)
        {
            var file = new FileInfo(Path.Combine(folder, name));
            if (!file.Exists || file.Length > EnvironmentFile.MaxBytes)
                continue;
            var content = EnvironmentFile.Read(name, await File.ReadAllTextAsync(file.FullName, cancellation));
            return environment with
            {
                Source = name,
                Python = content.Python,
                Packages = [.. content.Packages.Select(each =>
                    new PackageInfo(each.Name, each.Version, each.Ecosystem))],
            };
        }

        return environment.Container is null ? null : environment;
    }
}
