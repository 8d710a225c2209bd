using Fairlead.Client.Api;

namespace Fairlead.Server.Lineage.Export;

/// <summary>Packages as package URLs.</summary>
internal static class PackageUrl
{
    public static string Of(PackageInfo package)
    {
        // Python's names are the same whatever their case and whichever of these marks they use.
        var name = package.Ecosystem == "pypi"
            ? package.Name.ToLowerInvariant().Replace('_', '-').Replace('.', '-')
            : package.Name;
        var ecosystem = package.Ecosystem.Length > 0 && package.Ecosystem.All(char.IsAsciiLetterOrDigit)
            ? package.Ecosystem.ToLowerInvariant()
            : "generic";
        var version = package.Version is null ? "" : $"@{Uri.EscapeDataString(package.Version)}";
        return $"pkg:{ecosystem}/{Uri.EscapeDataString(name)}{version}";
    }
}
