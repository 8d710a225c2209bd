using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Fairlead.Statistics.Sketches;

/// <summary>
/// Writes the binary form of a sketch: a letter for its kind, a byte for the version of the form, then counts as
/// variable-length integers (seven bits a byte, lowest first) and numbers as eight bytes, little endian.
/// </summary>
internal readonly struct SketchOutput(ArrayBufferWriter<byte> output)
{
    internal void Header(char kind, byte version)
    {
        var span = output.GetSpan(2);
        span[0] = (byte)kind;
        span[1] = version;
        output.Advance(2);
    }

    internal void Count(long value)
    {
        var rest = (ulong)value;
        var span = output.GetSpan(10);
        var length = 0;
        for (; rest >= 0x80; rest >>= 7)
            span[length++] = (byte)(rest | 0x80);
        span[length++] = (byte)rest;
        output.Advance(length);
    }

    internal void Number(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    internal void Bits(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    internal void Bytes(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    internal void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Count(bytes.Length);
        Bytes(bytes);
    }

    internal void Part(byte[] sketch)
    {
        Count(sketch.Length);
        Bytes(sketch);
    }
}
