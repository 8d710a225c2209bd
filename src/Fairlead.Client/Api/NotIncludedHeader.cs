namespace Fairlead.Client.Api;

/// <summary>
/// The header of an export of predictions that names the replicas whose records are not in it, or not all: percent
/// encoded, with commas between them.
/// </summary>
public static class NotIncludedHeader
{
    /// <summary>The header's name.</summary>
    public const string Name = "Fairlead-Not-Included";

    /// <summary>The names in a value.</summary>
    public static IReadOnlyList<string> Read(string value) =>
        [.. value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(Uri.UnescapeDataString)];
}
