using System.Globalization;
using System.Text.Json;

namespace Fairlead.Server.Tracking.Mlflow;

/// <summary>
/// Writes points of one metric, many of them: what is the same in all is encoded once, and each is one piece of text.
/// </summary>
internal sealed class PointWriter
{
    // The longest of the three numbers with the names before them.
    private const int NumberBytes = 160;

    private readonly Utf8JsonWriter _json;
    private readonly byte[] _text;
    private readonly int _values;

    public PointWriter(Utf8JsonWriter json, string metric)
    {
        _json = json;
        byte[] start = [.. "{\"key\":\""u8, .. JsonEncodedText.Encode(metric).EncodedUtf8Bytes, .. "\",\"value\":"u8];
        _values = start.Length;
        _text = new byte[start.Length + NumberBytes];
        start.CopyTo(_text, 0);
    }

    public void Write(StoredPoint point)
    {
        var at = _values;
        if (double.IsFinite(point.Value))
            at += Number(point.Value, at);
        else
            at += Copy(NoNumber(point.Value), at);
        at += Copy(",\"timestamp\":"u8, at);
        at += Number(point.Timestamp, at);
        at += Copy(",\"step\":"u8, at);
        at += Number(point.Step, at);
        at += Copy("}"u8, at);
        _json.WriteRawValue(_text.AsSpan(0, at), skipInputValidation: true);
    }

    private static ReadOnlySpan<byte> NoNumber(double value) =>
        double.IsNaN(value) ? "\"NaN\""u8 : value > 0 ? "\"Infinity\""u8 : "\"-Infinity\""u8;

    private int Number<T>(T value, int at)
        where T : IUtf8SpanFormattable =>
        value.TryFormat(_text.AsSpan(at), out var written, default, CultureInfo.InvariantCulture)
            ? written
            : throw new InvalidOperationException($"{value} is longer than any number.");

    private int Copy(ReadOnlySpan<byte> text, int at)
    {
        text.CopyTo(_text.AsSpan(at));
        return text.Length;
    }
}
