using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Server.Promotion;

/// <summary>By what a version is known everywhere: the SHA-256 of its manifest as it is stored.</summary>
internal static class ManifestDigest
{
    public static string Of(string manifest) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(manifest)));
}
