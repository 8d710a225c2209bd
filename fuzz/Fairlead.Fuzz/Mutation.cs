namespace Fairlead.Fuzz;

/// <summary>
/// Breaks an input in ways that parsers get wrong: bytes flipped, pieces cut out, doubled or joined with another
/// input's, and words of the grammar put where they do not belong. No coverage guides it, but a seed repeats it.
/// </summary>
public sealed class Mutation(int seed, IReadOnlyList<byte[]> inputs)
{
    private const int LongestInput = 16 * 1024;

    private static readonly byte[][] Words =
    [
        .. from word in (string[])[
               "[", "]", "{", "}", ",", ":", "\"", "\\", "\\u", "\\ud800", "NaN", "-Infinity", "null", "true", "-", "0",
               "-0", ".", "e", "1e999", "18446744073709551616", "-9223372036854775809", "4294967296", "\u0000",
               "\"shape\":[", "\"data\":[", "\"parameters\":{", "\"binary_data_size\":4"]
           select System.Text.Encoding.UTF8.GetBytes(word),
        [0xFF], [0xC3], [0xFF, 0xFF, 0xFF, 0xFF],
    ];

    private readonly Random _random = new(seed);

    /// <summary>The next input.</summary>
    public byte[] Next()
    {
        var data = Pick(inputs).ToList();
        for (var changes = _random.Next(1, 6); changes > 0; changes--)
            Change(data);
        if (data.Count > LongestInput)
            data.RemoveRange(LongestInput, data.Count - LongestInput);
        return [.. data];
    }

    private void Change(List<byte> data)
    {
        var at = _random.Next(data.Count + 1);
        var length = Math.Min(_random.Next(1, 16), data.Count - at);
        switch (_random.Next(6))
        {
            case 0 when at < data.Count:
                data[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < data.Count:
                data[at] = (byte)_random.Next(256);
                break;
            case 2:
                data.RemoveRange(at, length);
                break;
            case 3:
                data.InsertRange(at, data.GetRange(at, length));
                break;
            case 4:
                var other = Pick(inputs);
                var from = _random.Next(other.Length + 1);
                data.InsertRange(at, other.Skip(from).Take(_random.Next(64)));
                break;
            default:
                data.InsertRange(at, Pick(Words));
                break;
        }
    }

    private byte[] Pick(IReadOnlyList<byte[]> from) => from[_random.Next(from.Count)];
}
