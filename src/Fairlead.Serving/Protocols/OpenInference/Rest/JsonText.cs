using System.Runtime.InteropServices;
using System.Text;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>The place of a checked JSON string, without its quotes.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct JsonText(int Start, int Length, bool Escaped)
{
    /// <summary>The bytes between the quotes as they were sent.</summary>
    public ReadOnlySpan<byte> Raw(ReadOnlySpan<byte> json) => json.Slice(Start, Length);

    /// <summary>Says whether the string, unescaped, is this one.</summary>
    public bool Is(ReadOnlySpan<byte> json, ReadOnlySpan<byte> other)
    {
        if (!Escaped)
            return Raw(json).SequenceEqual(other);

        // An escape is never shorter than what it stands for.
        Span<byte> plain = Length <= 256 ? stackalloc byte[256] : new byte[Length];
        return plain[..Unescape(Raw(json), plain)].SequenceEqual(other);
    }

    /// <summary>The string for a message.</summary>
    public string ToText(ReadOnlySpan<byte> json)
    {
        if (!Escaped)
            return Encoding.UTF8.GetString(Raw(json));
        var plain = new byte[Length];
        return Encoding.UTF8.GetString(plain.AsSpan(0, Unescape(Raw(json), plain)));
    }

    /// <summary>Replaces the escapes of checked text, into room as long as the text. Returns the length.</summary>
    public static int Unescape(ReadOnlySpan<byte> text, Span<byte> to)
    {
        var written = 0;
        while (true)
        {
            var plain = text.IndexOf((byte)'\\');
            if (plain < 0)
            {
                text.CopyTo(to[written..]);
                return written + text.Length;
            }

            text[..plain].CopyTo(to[written..]);
            written += plain;
            text = text[plain..];
            if (TryReadEscape(text, out var rune, out var length))
                written += rune.EncodeToUtf8(to[written..]);
            text = text[length..];
        }
    }

    /// <summary>Reads the escape at the beginning of some text; half a surrogate pair is none.</summary>
    public static bool TryReadEscape(ReadOnlySpan<byte> text, out Rune rune, out int length)
    {
        rune = default;
        length = 2;
        if (text.Length < 2)
            return false;

        const string letters = "\"\\/bfnrt";
        var letter = letters.IndexOf((char)text[1]);
        if (letter >= 0)
        {
            rune = new Rune("\"\\/\b\f\n\r\t"[letter]);
            return true;
        }

        length = 6;
        if (!TryReadUnit(text, out var high))
            return false;
        if (Rune.TryCreate(high, out rune))
            return true;
        length = 12;
        return TryReadUnit(text[6..], out var low) && Rune.TryCreate(high, low, out rune);
    }

    private static bool TryReadUnit(ReadOnlySpan<byte> text, out char unit)
    {
        unit = default;
        if (text.Length < 6 || text[0] != (byte)'\\' || text[1] != (byte)'u')
            return false;

        // Digit by digit: the framework's parsers take zero bytes behind a number for its end.
        var value = 0;
        foreach (var digit in text[2..6])
        {
            if (!char.IsAsciiHexDigit((char)digit))
                return false;
            value = (value << 4) + (digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        unit = (char)value;
        return true;
    }
}
