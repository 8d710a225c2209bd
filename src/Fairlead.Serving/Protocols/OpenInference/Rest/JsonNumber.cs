using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>A JSON number, taken apart while its end was looked for.</summary>
internal readonly ref struct JsonNumber
{
    private const ulong LargestExactMantissa = 1UL << 53;
    private const int LargestExactPower = 22;

    private static readonly double[] Powers =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ];

    private readonly ulong _mantissa;
    private readonly int _exponent;
    private readonly bool _negative;
    private readonly bool _fits;
    private readonly bool _whole;

    private JsonNumber(ReadOnlySpan<byte> text, Digits digits, int exponent, bool negative, bool whole)
    {
        Text = text;
        _mantissa = digits.Value;
        _exponent = exponent;
        _negative = negative;
        _fits = digits.Fits;
        _whole = whole;
    }

    /// <summary>The number as it was sent.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>Reads the number at the beginning of some text; false when there is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out JsonNumber number)
    {
        number = default;
        var negative = text is [(byte)'-', ..];
        var at = negative ? 1 : 0;
        var first = at;
        var digits = new Digits();
        digits.Read(text, ref at);
        if (at == first || (text[first] == (byte)'0' && at > first + 1))
            return false;

        var exponent = 0;
        var whole = true;
        if (at < text.Length && text[at] == (byte)'.')
        {
            whole = false;
            var fraction = ++at;
            digits.Read(text, ref at);
            if (at == fraction)
                return false;
            exponent = fraction - at;
        }

        if (at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            whole = false;
            if (!TryReadExponent(text, ref at, out var power))
                return false;
            exponent += power;
        }

        number = new JsonNumber(text[..at], digits, exponent, negative, whole);
        return true;
    }

    /// <summary>The number as an integer; false when it has a fraction or an exponent, or is out of range.</summary>
    public bool TryGetInteger<T>(out T value)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        value = default;
        if (!_whole || !_fits)
            return false;

        var limit = ulong.CreateTruncating(T.MaxValue);
        if (!_negative)
        {
            value = T.CreateTruncating(_mantissa);
            return _mantissa <= limit;
        }

        value = T.CreateTruncating(0UL - _mantissa);
        return T.IsNegative(T.MinValue) ? _mantissa <= limit + 1 : _mantissa == 0;
    }

    /// <summary>The nearest double; false when the number is beyond them all.</summary>
    public bool TryGetDouble(out double value) =>
        TryGetExactly(out value)
        || (double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            && double.IsFinite(value));

    /// <summary>The nearest float; false when the number is beyond them all.</summary>
    public bool TryGetSingle(out float value)
    {
        // Going by way of a double rounds twice. That is harmless unless the double lies half-way between two floats.
        const ulong beyondFloat = 0x1FFF_FFFF;
        const ulong halfWay = 0x1000_0000;
        if (TryGetExactly(out var wide) && (BitConverter.DoubleToUInt64Bits(wide) & beyondFloat) != halfWay)
        {
            value = (float)wide;
            return true;
        }

        return float.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            && float.IsFinite(value);
    }

    /// <summary>
    /// Clinger's fast path: where mantissa and power of ten are both doubles, one operation rounds correctly.
    /// </summary>
    private bool TryGetExactly(out double value)
    {
        value = 0;
        if (!_fits || _mantissa > LargestExactMantissa || Math.Abs(_exponent) > LargestExactPower)
            return false;

        value = _exponent < 0 ? _mantissa / Powers[-_exponent] : _mantissa * Powers[_exponent];
        value = _negative ? -value : value;
        return true;
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, ref int at, out int power)
    {
        const int beyondAnyNumber = 100_000_000;
        power = 0;
        at++;
        var negative = at < text.Length && text[at] == (byte)'-';
        if (at < text.Length && text[at] is (byte)'-' or (byte)'+')
            at++;
        var digits = new Digits();
        var first = at;
        digits.Read(text, ref at);
        if (at == first)
            return false;

        power = digits.Fits && digits.Value < beyondAnyNumber ? (int)digits.Value : beyondAnyNumber;
        power = negative ? -power : power;
        return true;
    }

    /// <summary>Adds digit to digit for as long as they fit.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Digits()
    {
        private const ulong LastSafe = ulong.MaxValue / 10;

        public ulong Value { get; private set; }

        public bool Fits { get; private set; } = true;

        public void Read(ReadOnlySpan<byte> text, ref int at)
        {
            var value = Value;
            var fits = Fits;
            var i = at;
            for (; i < text.Length; i++)
            {
                var digit = (uint)text[i] - '0';
                if (digit > 9)
                    break;
                fits &= value < LastSafe || (value == LastSafe && digit <= ulong.MaxValue % 10);
                value = (value * 10) + digit;
            }

            at = i;
            Value = value;
            Fits = fits;
        }
    }
}
