using System.Globalization;
using System.IO.Compression;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>Compresses an answer as its caller asked.</summary>
internal static class ResponseEncoding
{
    /// <summary>Smaller bodies fit into a packet or two anyway.</summary>
    private const int WorthCompressing = 1024;

    /// <summary>The coding of ours that the caller likes best; null to send the body as it is.</summary>
    public static string? Choose(string? acceptEncoding, int bodyLength)
    {
        if (bodyLength <= WorthCompressing || string.IsNullOrEmpty(acceptEncoding))
            return null;

        string? best = null;
        var bestWeight = 0.0;
        var identityWeight = 0.0;
        var rest = acceptEncoding.AsSpan();
        while (!rest.IsEmpty)
        {
            var comma = rest.IndexOf(',');
            var item = comma < 0 ? rest : rest[..comma];
            rest = comma < 0 ? default : rest[(comma + 1)..];
            var weight = Weight(item, out var coding);
            if (coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
                identityWeight = weight;
            var known = Known(coding);
            if (known is null || weight <= bestWeight)
                continue;
            best = known;
            bestWeight = weight;
        }

        return identityWeight > bestWeight ? null : best;
    }

    /// <summary>Opens the compressing stream of a coding that <see cref="Choose"/> named.</summary>
    public static Stream Open(string coding, Stream to) => coding == "gzip"
        ? new GZipStream(to, CompressionLevel.Fastest, leaveOpen: true)
        : new ZLibStream(to, CompressionLevel.Fastest, leaveOpen: true);

    private static string? Known(ReadOnlySpan<char> coding)
    {
        const StringComparison anyCase = StringComparison.OrdinalIgnoreCase;
        if (coding.Equals("gzip", anyCase) || coding.Equals("x-gzip", anyCase))
            return "gzip";
        return coding.Equals("deflate", anyCase) ? "deflate" : null;
    }

    private static double Weight(ReadOnlySpan<char> item, out ReadOnlySpan<char> coding)
    {
        var semicolon = item.IndexOf(';');
        coding = (semicolon < 0 ? item : item[..semicolon]).Trim();
        if (semicolon < 0)
            return 1;

        var parameter = item[(semicolon + 1)..].Trim();
        if (!parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase))
            return 1;
        var number = parameter[2..];
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight)
            ? weight
            : 1;
    }
}
