using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Server.Access;

/// <summary>The text of a key: <c>fl_</c> and 256 random bits in base64url.</summary>
internal static class KeyText
{
    /// <summary>Longest text that is looked up as a key.</summary>
    public const int MaxLength = 256;

    private const string Prefix = "fl_";

    public static string Make()
    {
        Span<byte> random = stackalloc byte[32];
        RandomNumberGenerator.Fill(random);
        return Prefix + Base64Url.EncodeToString(random);
    }

    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
