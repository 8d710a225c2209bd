using System.Buffers.Binary;
using System.Text;

namespace Fairlead.Statistics.Sketches;

/// <summary>Reads what <see cref="SketchOutput"/> wrote; anything else is an <see cref="InvalidDataException"/> that
/// says at which byte it stopped making sense.</summary>
internal ref struct SketchInput(ReadOnlySpan<byte> data, string what)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _data = data;
    private int _at;

    internal void Header(char kind, byte version) => Header(kind, version, version);

    /// <summary>Which of several formats it is.</summary>
    internal byte Header(char kind, byte oldest, byte newest)
    {
        if (Take(1)[0] != kind)
            throw Bad($"begins with byte {_data[0]}, not with '{kind}'");
        var found = Take(1)[0];
        return found >= oldest && found <= newest
            ? found
            : throw Bad($"has format {found}; this release reads format {oldest}"
                + $"{(oldest == newest ? "" : $" to {newest}")}");
    }

    internal long Count(long most = long.MaxValue)
    {
        ulong value = 0;
        for (var shift = 0; shift < 63; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                if (value > (ulong)most)
                    throw Bad($"has a count of {value} where at most {most} are possible");
                if (next == 0 && shift > 0)
                    throw Bad("has a count that is written longer than it is");
                return (long)value;
            }
        }

        throw Bad("has a count of more than 63 bits");
    }

    internal double Number() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    internal double Finite()
    {
        var value = Number();
        return double.IsFinite(value) ? value : throw Bad("has a number that is not finite");
    }

    internal ulong Bits() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    internal ReadOnlySpan<byte> Bytes(int length) => Take(length);

    internal string Text(int longest)
    {
        var bytes = Take((int)Count(longest));
        try
        {
            return Strict.GetString(bytes);
        }
        catch (ArgumentException)
        {
            throw Bad("has a text that is not UTF-8");
        }
    }

    internal ReadOnlySpan<byte> Part() => Take((int)Count(_data.Length - _at));

    internal readonly void End()
    {
        if (_at != _data.Length)
            throw Bad($"goes on for {_data.Length - _at} bytes after its end");
    }

    internal readonly InvalidDataException Bad(string problem) =>
        new($"The stored {what} {problem} (byte {_at} of {_data.Length}). It is damaged or of another release.");

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _data.Length - _at)
            throw Bad("ends too early");
        var taken = _data.Slice(_at, length);
        _at += length;
        return taken;
    }
}
