using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Fairlead.Core.Models;
using Fairlead.Serving.Predict;
using Fairlead.Statistics.Assignment;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>
/// Finds the unit of assignment in a request: a parameter of its name, else an input of its name. Numbers are hashed as
/// their decimal digits, so that a unit stays on its arm whichever form and protocol it comes in.
/// </summary>
internal static class UnitFinder
{
    public static bool TryFind(RestRequest request, string name, out ulong unitHash)
    {
        unitHash = 0;
        Span<byte> utf8 = stackalloc byte[RequestLimits.MaxUnitBytes];
        if (!Encoding.UTF8.TryGetBytes(name, utf8, out var length))
            return false;
        if (InParameters(request, utf8[..length], out unitHash))
            return true;

        foreach (ref readonly var input in request.Inputs)
        {
            if (input.Name.Is(request.Json, utf8[..length]))
                return InInput(request, input, out unitHash);
        }

        return false;
    }

    /// <summary>Copies the text of the parameter of this name; 0 when there is none that can be a unit.</summary>
    public static int Copy(RestRequest request, string name, Span<byte> utf8)
    {
        Span<byte> wanted = stackalloc byte[RequestLimits.MaxUnitBytes];
        if (request.Parameters.Equals(default) || !Encoding.UTF8.TryGetBytes(name, wanted, out var length))
            return 0;

        var json = request.Json;
        var scanner = new JsonScanner(json, request.Parameters.Start.Value);
        scanner.Take((byte)'{');
        var begun = false;
        while (scanner.More((byte)'}', ref begun))
        {
            if (scanner.TakeName().Is(json, wanted[..length]))
                return CopyValue(ref scanner, json, utf8);
            scanner.SkipValue(RequestLimits.MaxDepth);
        }

        return 0;
    }

    private static int CopyValue(ref JsonScanner scanner, ReadOnlySpan<byte> json, Span<byte> utf8)
    {
        scoped ReadOnlySpan<byte> found;
        Span<byte> plain = stackalloc byte[6 * RequestLimits.MaxUnitBytes];
        if (scanner.Peek() == (byte)'"')
        {
            var text = scanner.TakeString();
            if (text.Length > plain.Length)
                return 0;
            found = text.Escaped ? plain[..JsonText.Unescape(text.Raw(json), plain)] : text.Raw(json);
        }
        else
        {
            found = scanner.TryTake("true"u8) ? "true"u8
                : scanner.TryTake("false"u8) ? "false"u8
                : scanner.TryTakeNumber(out var number) ? number.Text : default;
        }

        return found.TryCopyTo(utf8) ? found.Length : 0;
    }

    private static bool InParameters(RestRequest request, ReadOnlySpan<byte> name, out ulong unitHash)
    {
        unitHash = 0;
        if (request.Parameters.Equals(default))
            return false;

        var json = request.Json;
        var scanner = new JsonScanner(json, request.Parameters.Start.Value);
        scanner.Take((byte)'{');
        var begun = false;
        while (scanner.More((byte)'}', ref begun))
        {
            var member = scanner.TakeName();
            if (member.Is(json, name))
                return TryHashValue(ref scanner, json, out unitHash);
            scanner.SkipValue(RequestLimits.MaxDepth);
        }

        return false;
    }

    private static bool TryHashValue(ref JsonScanner scanner, ReadOnlySpan<byte> json, out ulong unitHash)
    {
        if (scanner.Peek() == (byte)'"')
            return TryHashText(scanner.TakeString(), json, out unitHash);

        var isTrue = scanner.TryTake("true"u8);
        if (isTrue || scanner.TryTake("false"u8))
        {
            unitHash = UnitHash.Of(isTrue ? "true"u8 : "false"u8);
            return true;
        }

        unitHash = scanner.TryTakeNumber(out var number) ? UnitHash.Of(number.Text) : 0;
        return !number.Text.IsEmpty;
    }

    private static bool TryHashText(JsonText text, ReadOnlySpan<byte> json, out ulong unitHash)
    {
        unitHash = 0;
        if (!text.Escaped)
            return TryHash(text.Raw(json), out unitHash);
        if (text.Length > 6 * RequestLimits.MaxUnitBytes)
            return false;

        Span<byte> plain = stackalloc byte[6 * RequestLimits.MaxUnitBytes];
        return TryHash(plain[..JsonText.Unescape(text.Raw(json), plain)], out unitHash);
    }

    private static bool TryHash(ReadOnlySpan<byte> unit, out ulong unitHash)
    {
        var fits = unit.Length is > 0 and <= RequestLimits.MaxUnitBytes;
        unitHash = fits ? UnitHash.Of(unit) : 0;
        return fits;
    }

    private static bool InInput(RestRequest request, in InputPart input, out ulong unitHash)
    {
        unitHash = 0;
        if (input.Type is not (ElementType.String or (>= ElementType.UInt8 and <= ElementType.Int64)))
            return false;
        return input.IsBinary ? InBinary(request, input, out unitHash) : InArray(request, input, out unitHash);
    }

    private static bool InArray(RestRequest request, in InputPart input, out ulong unitHash)
    {
        unitHash = 0;
        var found = false;
        var json = request.Json;
        var cursor = new DataCursor(new JsonScanner(json, input.DataAt), request.ShapeOf(input), input.Count);
        while (cursor.MoveNext())
        {
            bool has;
            ulong hash = 0;
            if (input.Type == ElementType.String)
            {
                has = cursor.Scanner.Peek() == (byte)'"' && TryHashText(cursor.Scanner.TakeString(), json, out hash);
            }
            else
            {
                has = cursor.Scanner.TryTakeNumber(out var number);
                hash = has ? UnitHash.Of(number.Text) : 0;
            }

            // What is no value of the input's type is refused with its place when the input is read.
            if (!has)
                return false;
            Agree(request, input, ref found, ref unitHash, hash);
        }

        return found;
    }

    private static bool InBinary(RestRequest request, in InputPart input, out ulong unitHash)
    {
        unitHash = 0;
        var found = false;
        var data = request.BinaryOf(input);
        Span<byte> digits = stackalloc byte[32];
        var at = 0;
        while (at < data.Length)
        {
            var size = SizeAt(input.Type, data[at..]);
            if (size < 0 || !TryHash(TextOf(input.Type, data.Slice(at, size), digits), out var hash))
                return false;
            at += size;
            Agree(request, input, ref found, ref unitHash, hash);
        }

        return found;
    }

    /// <summary>Bytes of the element at the beginning of some data; negative when the data ends within it.</summary>
    private static int SizeAt(ElementType type, ReadOnlySpan<byte> data)
    {
        long size = type.Size();
        if (type == ElementType.String)
        {
            size = BinaryPrimitives.TryReadUInt32LittleEndian(data, out var length)
                ? sizeof(uint) + (long)length
                : long.MaxValue;
        }

        return size <= data.Length ? (int)size : -1;
    }

    private static ReadOnlySpan<byte> TextOf(ElementType type, ReadOnlySpan<byte> element, Span<byte> digits)
    {
        if (type == ElementType.String)
            return element[sizeof(uint)..];

        int written;
        if (type == ElementType.UInt64)
            Utf8Formatter.TryFormat(BinaryPrimitives.ReadUInt64LittleEndian(element), digits, out written);
        else
            Utf8Formatter.TryFormat(Signed(type, element), digits, out written);
        return digits[..written];
    }

    private static long Signed(ElementType type, ReadOnlySpan<byte> element) => type switch
    {
        ElementType.UInt8 => element[0],
        ElementType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(element),
        ElementType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(element),
        ElementType.Int8 => (sbyte)element[0],
        ElementType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(element),
        ElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(element),
        _ => BinaryPrimitives.ReadInt64LittleEndian(element),
    };

    private static void Agree(RestRequest request, in InputPart input, ref bool found, ref ulong unitHash, ulong hash)
    {
        if (found && hash != unitHash)
        {
            throw new RequestException(PredictFailure.InvalidInput,
                $"The rows belong to different units (input '{request.NameOf(input)}'); send the rows of each unit in "
                + "a request of their own.");
        }

        found = true;
        unitHash = hash;
    }
}
