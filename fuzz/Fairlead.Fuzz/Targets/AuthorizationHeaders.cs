using System.Text;
using Fairlead.Server.Access;

namespace Fairlead.Fuzz.Targets;

/// <summary>Keys in an <c>Authorization</c> header. What is read is what a plain and slow reading finds.</summary>
internal sealed class AuthorizationHeaders : IFuzzTarget
{
    public static string Name => "authorization";

    public static IEnumerable<Type> Covers => [typeof(AuthorizationHeader)];

    public static IEnumerable<byte[]> Seeds =>
    [
        .. from text in (string[])[
               "Bearer fl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
               "bearer  x ", "Basic YTpi", "basic dXNlcjpmbF9rZXk=",
               "Basic bm8gY29sb24=", $"Bearer {new string('k', 300)}", $"Basic {new string('A', 600)}", "Digest a"]
           select Encoding.UTF8.GetBytes(text),
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var header = Encoding.UTF8.GetString(data);
        var key = new byte[AuthorizationHeader.KeyBytes];
        var read = key.AsSpan(0, AuthorizationHeader.ReadKey(header, key));
        if (!read.SequenceEqual(Slowly(header)))
            throw new InvalidOperationException($"The key is '{Encoding.UTF8.GetString(read)}'.");
    }

    private static byte[] Slowly(string header)
    {
        var space = header.IndexOf(' ', StringComparison.Ordinal);
        var (scheme, rest) = space < 0 ? (header, "") : (header[..space].ToUpperInvariant(), header[space..].Trim());
        if (space < 0 || rest.Length > 512)
            return [];
        if (scheme == "BEARER")
            return rest.Length > 256 ? [] : Encoding.UTF8.GetBytes(rest);
        if (scheme != "BASIC")
            return [];

        try
        {
            var text = Convert.FromBase64String(rest);
            var colon = Array.IndexOf(text, (byte)':');
            return colon < 0 ? [] : text[(colon + 1)..];
        }
        catch (FormatException)
        {
            return [];
        }
    }
}
