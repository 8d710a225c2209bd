using System.Text;

namespace Fairlead.Server.Access;

/// <summary>Reads the key out of an <c>Authorization</c> header. Allocates nothing.</summary>
internal static class AuthorizationHeader
{
    /// <summary>Room that is enough for every key.</summary>
    public const int KeyBytes = KeyText.MaxLength * 3;

    private const string Bearer = "Bearer ";
    private const string Basic = "Basic ";

    /// <summary>
    /// Writes the key's UTF-8 into room of <see cref="KeyBytes"/> and returns its length; 0 when the header holds none
    /// that is worth looking up.
    /// </summary>
    public static int ReadKey(ReadOnlySpan<char> header, Span<byte> key)
    {
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            var token = header[Bearer.Length..].Trim();
            return token.Length > KeyText.MaxLength ? 0 : Encoding.UTF8.GetBytes(token, key);
        }

        return header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)
            ? ReadPassword(header[Basic.Length..].Trim(), key)
            : 0;
    }

    /// <summary>Clients that know only names and passwords send the key as the password.</summary>
    private static int ReadPassword(ReadOnlySpan<char> credentials, Span<byte> key)
    {
        Span<byte> bytes = stackalloc byte[KeyText.MaxLength * 2];
        if (credentials.Length > bytes.Length
            || !Convert.TryFromBase64Chars(credentials, bytes, out var length))
        {
            return 0;
        }

        var text = bytes[..length];
        var colon = text.IndexOf((byte)':');
        if (colon < 0)
            return 0;

        var password = text[(colon + 1)..];
        password.CopyTo(key);
        return password.Length;
    }
}
