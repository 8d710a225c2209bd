using System.Globalization;
using System.Numerics;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>Reads an input's JSON array into a tensor. Numbers are exact or refused, never wrapped or cut.</summary>
internal static class JsonData
{
    /// <summary>Reads one of the values that an array may hold; false when it is none that fits.</summary>
    private interface IElement<T>
    {
        static abstract bool TryTake(ref JsonScanner scanner, out T value);
    }

    /// <summary>Fills a tensor from an input. Throws <see cref="RequestException"/>.</summary>
    public static void Read(RestRequest request, in InputPart input, Tensor tensor)
    {
        if (input.Type is ElementType.Float16 or ElementType.BFloat16)
        {
            throw new RequestException(PredictFailure.InvalidInput,
                $"The input '{request.NameOf(input)}' holds {input.Type.WireName()} numbers, which JSON does not "
                + "carry; send them as binary data.");
        }

        // Before any memory is taken: an element is at least one byte and its separator.
        if ((2L * input.Count) + 1 > Math.Max(input.DataLength, 2))
            throw Mismatch(request, input);

        tensor.Reset(input.Type, request.ShapeOf(input));
        if (input.Type == ElementType.String)
            ReadStrings(request, input, tensor);
        else
            ReadNumbers(request, input, tensor);
    }

    /// <summary>The refusal of data that is not as its shape says.</summary>
    public static RequestException Mismatch(RestRequest request, in InputPart input)
    {
        var shape = string.Join(',', request.ShapeOf(input).ToArray());
        var elements = CountElements(request, input);
        return new RequestException(PredictFailure.InvalidInput,
            $"The data of the input '{request.NameOf(input)}' ({elements} elements) does not have its shape [{shape}] "
            + $"({input.Count} elements), neither nested nor flat.");
    }

    private static void ReadNumbers(RestRequest request, in InputPart input, Tensor tensor)
    {
        switch (input.Type)
        {
            case ElementType.Bool:
                Read<byte, Flag>(request, input, tensor);
                break;
            case ElementType.UInt8:
                Read<byte, Whole<byte>>(request, input, tensor);
                break;
            case ElementType.UInt16:
                Read<ushort, Whole<ushort>>(request, input, tensor);
                break;
            case ElementType.UInt32:
                Read<uint, Whole<uint>>(request, input, tensor);
                break;
            case ElementType.UInt64:
                Read<ulong, Whole<ulong>>(request, input, tensor);
                break;
            case ElementType.Int8:
                Read<sbyte, Whole<sbyte>>(request, input, tensor);
                break;
            case ElementType.Int16:
                Read<short, Whole<short>>(request, input, tensor);
                break;
            case ElementType.Int32:
                Read<int, Whole<int>>(request, input, tensor);
                break;
            case ElementType.Int64:
                Read<long, Whole<long>>(request, input, tensor);
                break;
            case ElementType.Float32:
                Read<float, Single>(request, input, tensor);
                break;
            default:
                Read<double, Double>(request, input, tensor);
                break;
        }
    }

    private static void Read<T, TElement>(RestRequest request, in InputPart input, Tensor tensor)
        where T : unmanaged
        where TElement : IElement<T>
    {
        var values = tensor.As<T>();
        var cursor = new DataCursor(new JsonScanner(request.Json, input.DataAt), tensor.Shape, input.Count);
        var at = 0;
        while (cursor.MoveNext())
        {
            var here = cursor.Scanner;
            if (!TElement.TryTake(ref cursor.Scanner, out values[at]))
                throw NoElement(request, input, at, here.Excerpt());
            at++;
        }

        if (cursor.Mismatch)
            throw Mismatch(request, input);
    }

    private static void ReadStrings(RestRequest request, in InputPart input, Tensor tensor)
    {
        var json = request.Json;
        var cursor = new DataCursor(new JsonScanner(json, input.DataAt), tensor.Shape, input.Count);
        var scratch = Array.Empty<byte>();
        while (cursor.MoveNext())
        {
            if (cursor.Scanner.Peek() != (byte)'"')
                throw NoElement(request, input, tensor.StringCount, cursor.Scanner.Excerpt());
            var text = cursor.Scanner.TakeString();
            if (!text.Escaped)
            {
                tensor.AddString(text.Raw(json));
                continue;
            }

            if (scratch.Length < text.Length)
                scratch = new byte[Math.Max(text.Length, 256)];
            tensor.AddString(scratch.AsSpan(0, JsonText.Unescape(text.Raw(json), scratch)));
        }

        if (cursor.Mismatch)
            throw Mismatch(request, input);
    }

    private static RequestException NoElement(RestRequest request, in InputPart input, int at, string found) => new(
        PredictFailure.InvalidInput,
        $"Element {at} of the input '{request.NameOf(input)}' is {found}, which is no {input.Type.WireName()} "
        + $"({Takes(input.Type)}).");

    private static string Takes(ElementType type) => type switch
    {
        ElementType.Bool => "true or false",
        ElementType.String => "a string",
        ElementType.Float32 => "a number within ±3.4028235e38, NaN, Infinity or -Infinity",
        ElementType.Float64 => "a number within ±1.7976931348623157e308, NaN, Infinity or -Infinity",
        ElementType.UInt64 => Between(0, ulong.MaxValue),
        ElementType.Int64 => Between(long.MinValue, long.MaxValue),
        ElementType.UInt8 or ElementType.UInt16 or ElementType.UInt32 => Between(0, (1UL << (8 * type.Size())) - 1),
        _ => Between(-(1L << ((8 * type.Size()) - 1)), (1UL << ((8 * type.Size()) - 1)) - 1),
    };

    private static string Between(long least, ulong most) =>
        string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}");

    private static int CountElements(RestRequest request, in InputPart input)
    {
        var scanner = new JsonScanner(request.Json, input.DataAt);
        var depth = 0;
        var count = 0;
        do
        {
            var next = scanner.Peek();
            if (next is (byte)'[' or (byte)']')
            {
                depth += next == (byte)'[' ? 1 : -1;
                scanner.Take(next);
            }
            else if (next == (byte)',')
            {
                scanner.Take(next);
            }
            else
            {
                scanner.SkipValue(1);
                count++;
            }
        }
        while (depth > 0);

        return count;
    }

    private readonly struct Flag : IElement<byte>
    {
        public static bool TryTake(ref JsonScanner scanner, out byte value)
        {
            value = scanner.TryTake("true"u8) ? (byte)1 : (byte)0;
            return value == 1 || scanner.TryTake("false"u8);
        }
    }

    private readonly struct Whole<T> : IElement<T>
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public static bool TryTake(ref JsonScanner scanner, out T value)
        {
            value = default;
            return scanner.TryTakeNumber(out var number) && number.TryGetInteger(out value);
        }
    }

    private readonly struct Single : IElement<float>
    {
        public static bool TryTake(ref JsonScanner scanner, out float value)
        {
            if (scanner.TryTakeNumber(out var number))
                return number.TryGetSingle(out value);
            var named = TryTakeNamed(ref scanner, out var wide);
            value = (float)wide;
            return named;
        }
    }

    private readonly struct Double : IElement<double>
    {
        public static bool TryTake(ref JsonScanner scanner, out double value) =>
            scanner.TryTakeNumber(out var number)
                ? number.TryGetDouble(out value)
                : TryTakeNamed(ref scanner, out value);
    }

    /// <summary>Libraries that keep to the letter of JSON put the names in quotes.</summary>
    private static bool TryTakeNamed(ref JsonScanner scanner, out double value)
    {
        var quoted = scanner.TryTake("\""u8);
        return scanner.TryTakeNamedNumber(out value) && (!quoted || scanner.TryTake("\""u8));
    }
}
