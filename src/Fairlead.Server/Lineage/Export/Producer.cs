using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Server.Lineage.Export;

/// <summary>Who writes an export, in the words that the formats ask for.</summary>
internal static class Producer
{
    /// <summary>The URI of what registers versions.</summary>
    public const string Registry = "urn:fairlead:registry";

    /// <summary>The program's version.</summary>
    public static string Version => Endpoints.Replica.ProgramVersion;

    /// <summary>A name within this product, as a URI.</summary>
    public static string Urn(string kind, string name) =>
        $"urn:fairlead:{kind}:{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}";

    /// <summary>The same UUID for the same name always: the version 8 of RFC 9562, of a SHA-256.</summary>
    public static string Uuid(string name)
    {
        Span<byte> bytes = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), bytes);
        bytes[6] = (byte)(bytes[6] & 0x0F | 0x80);
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
        return new Guid(bytes[..16], bigEndian: true).ToString("D");
    }

    /// <summary>An instant in the form of RFC 3339.</summary>
    public static string Instant(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A number as text, the same on every machine.</summary>
    public static string Figure(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
