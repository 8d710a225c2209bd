namespace Fairlead.Inference.Runtimes.Onnx.Format;

/// <summary>A file of weights that a model refers to.</summary>
/// <param name="Location">Its path relative to the folder of the model, with <c>/</c> between the parts.</param>
/// <param name="MinimumLength">What it must hold at least, as far as the model says.</param>
public sealed record ExternalDataFile(string Location, long MinimumLength)
{
    /// <summary>A location with which runtimes mark tensors that are in memory; its offset is an address.</summary>
    private const string MemoryAddress = "*/_ORT_MEM_ADDR_/*";

    /// <summary>
    /// Why a location may lead out of the folder of the model (a clause that follows the location), or null when it
    /// cannot. The rules of all systems hold on each, since a model moves between them.
    /// </summary>
    internal static string? WhyUnsafe(string location)
    {
        if (location.Length == 0)
            return "is empty";

        if (location.StartsWith(MemoryAddress, StringComparison.Ordinal))
            return "is an address in memory";

        if (location.AsSpan().IndexOfAnyInRange('\0', '\x1f') >= 0)
            return "has control characters";

        if (location.Contains('\\', StringComparison.Ordinal))
            return "has a backslash; parts are separated by '/'";

        if (location[0] == '/' || location.Contains(':', StringComparison.Ordinal))
            return "is an absolute path; it must be relative to the folder of the model";

        foreach (var part in location.Split('/'))
        {
            if (part == "..")
                return "leads out of the folder of the model";

            if (part.Length == 0)
                return "has an empty part";
        }

        return Normalize(location).Length == 0 ? "names no file" : null;
    }

    /// <summary>The location without its <c>.</c> parts, so that one file has one location.</summary>
    internal static string Normalize(string location) =>
        string.Join('/', location.Split('/').Where(part => part != "."));
}
