using System.Buffers.Text;
using System.Text;

namespace Fairlead.Server.Problems;

/// <summary>The last key of a page, as a text that survives an address.</summary>
internal static class PageToken
{
    public static string Write(string lastKey) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(lastKey));

    /// <summary>Reads a token; false for one that no server gave. Databases refuse NUL.</summary>
    public static bool TryRead(string token, out string lastKey)
    {
        lastKey = "";
        try
        {
            lastKey = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
        }
        catch (FormatException)
        {
            return false;
        }

        return !lastKey.Contains('\0');
    }
}
