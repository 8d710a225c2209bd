using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Encodings.Web;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>Writes JSON into a buffer, with the bare words for NaN and the infinities.</summary>
internal static class JsonOutput
{
    /// <summary>Room for any number; the longest is a double such as <c>-1.7976931348623157E+308</c>.</summary>
    private const int NumberRoom = 32;

    /// <summary>Room that is asked for at once, so that most numbers ask for none.</summary>
    private const int Block = 4096;

    public static void WriteNumber(IBufferWriter<byte> to, long value)
    {
        Utf8Formatter.TryFormat(value, to.GetSpan(NumberRoom), out var written);
        to.Advance(written);
    }

    /// <summary>Writes text with its quotes.</summary>
    public static void WriteText(IBufferWriter<byte> to, string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most > 1024)
        {
            WriteText(to, Encoding.UTF8.GetBytes(text));
            return;
        }

        Span<byte> utf8 = stackalloc byte[1024];
        WriteText(to, utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
    }

    /// <summary>Writes UTF-8 text with its quotes; bytes that are no UTF-8 are replaced as text decoders do.</summary>
    public static void WriteText(IBufferWriter<byte> to, ReadOnlySpan<byte> utf8)
    {
        to.Write("\""u8);
        var encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        var plain = encoder.FindFirstCharacterToEncodeUtf8(utf8);
        to.Write(plain < 0 ? utf8 : utf8[..plain]);
        utf8 = plain < 0 ? [] : utf8[plain..];
        while (!utf8.IsEmpty)
        {
            encoder.EncodeUtf8(utf8, to.GetSpan(256), out var taken, out var written);
            to.Advance(written);
            utf8 = utf8[taken..];
        }

        to.Write("\""u8);
    }

    /// <summary>Writes a tensor's elements as one flat array.</summary>
    public static void WriteElements(IBufferWriter<byte> to, Tensor tensor)
    {
        to.Write("["u8);
        if (tensor.Type == ElementType.String)
            WriteStrings(to, tensor);
        else
            WriteNumbers(to, tensor);
        to.Write("]"u8);
    }

    private static void WriteStrings(IBufferWriter<byte> to, Tensor tensor)
    {
        for (var i = 0; i < tensor.StringCount; i++)
        {
            if (i > 0)
                to.Write(","u8);
            WriteText(to, tensor.StringAt(i));
        }
    }

    private static void WriteNumbers(IBufferWriter<byte> to, Tensor tensor)
    {
        switch (tensor.Type)
        {
            case ElementType.Bool:
                WriteFlags(to, tensor.Bytes);
                break;
            case ElementType.UInt8:
                WriteNumbers<byte>(to, tensor.Bytes);
                break;
            case ElementType.UInt16:
                WriteNumbers<ushort>(to, tensor.As<ushort>());
                break;
            case ElementType.UInt32:
                WriteNumbers<uint>(to, tensor.As<uint>());
                break;
            case ElementType.UInt64:
                WriteNumbers<ulong>(to, tensor.As<ulong>());
                break;
            case ElementType.Int8:
                WriteNumbers<sbyte>(to, tensor.As<sbyte>());
                break;
            case ElementType.Int16:
                WriteNumbers<short>(to, tensor.As<short>());
                break;
            case ElementType.Int32:
                WriteNumbers<int>(to, tensor.As<int>());
                break;
            case ElementType.Int64:
                WriteNumbers<long>(to, tensor.As<long>());
                break;
            case ElementType.Float32:
                WriteNumbers<float>(to, tensor.As<float>());
                break;
            case ElementType.Float64:
                WriteNumbers<double>(to, tensor.As<double>());
                break;
            default:
                throw new InvalidOperationException($"{tensor.Type.WireName()} has no form in JSON.");
        }
    }

    private static void WriteNumbers<T>(IBufferWriter<byte> to, ReadOnlySpan<T> values)
        where T : unmanaged, INumberBase<T>
    {
        var at = 0;
        while (at < values.Length)
        {
            var room = to.GetSpan((int)Math.Min(Block, (values.Length - at) * (long)NumberRoom));
            var used = 0;
            for (; at < values.Length && room.Length - used >= NumberRoom; at++)
            {
                if (at > 0)
                    room[used++] = (byte)',';
                used += Put(values[at], room[used..]);
            }

            to.Advance(used);
        }
    }

    private static int Put<T>(T value, Span<byte> to)
        where T : unmanaged, INumberBase<T>
    {
        if (T.IsFinite(value))
        {
            value.TryFormat(to, out var written, default, CultureInfo.InvariantCulture);
            return written;
        }

        var name = T.IsNaN(value) ? "NaN"u8 : T.IsPositive(value) ? "Infinity"u8 : "-Infinity"u8;
        name.CopyTo(to);
        return name.Length;
    }

    private static void WriteFlags(IBufferWriter<byte> to, ReadOnlySpan<byte> flags)
    {
        for (var i = 0; i < flags.Length; i++)
        {
            if (i > 0)
                to.Write(","u8);
            to.Write(flags[i] != 0 ? "true"u8 : "false"u8);
        }
    }
}
