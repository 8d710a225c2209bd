using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;

namespace Fairlead.Serving.Facts;

/// <summary>Reads single values out of tensors for facts and records.</summary>
internal static class TensorText
{
    /// <summary>Most numbers that are kept of a row.</summary>
    public const int MaxNumbers = 100;

    /// <summary>Longest text that is kept of a value, in UTF-8 bytes.</summary>
    private const int MaxBytes = 200;

    /// <summary>How many rows a request has: the most that any of its tensors has.</summary>
    public static int RowsOf(TensorSet inputs, TensorSet outputs)
    {
        var rows = 1;
        for (var i = 0; i < inputs.Count; i++)
            rows = Math.Max(rows, inputs[i].Present ? Rows(inputs[i]) : 0);
        for (var i = 0; i < outputs.Count; i++)
            rows = Math.Max(rows, outputs[i].Present ? Rows(outputs[i]) : 0);
        return rows;
    }

    /// <summary>
    /// The value of the named tensor in a row of so many: its first element there as text; or of the named field of a
    /// tensor. Null when there is no such tensor or field, it is empty, or it has another number of rows.
    /// </summary>
    public static string? Of(
        ImmutableArray<TensorSpec> signature, TensorSet tensors, string name, int row = 0, int rows = 1)
    {
        for (var i = 0; i < signature.Length && i < tensors.Count; i++)
        {
            if (signature[i].Name == name)
                return Of(tensors[i], 0, row, rows);
        }

        for (var i = 0; i < signature.Length && i < tensors.Count; i++)
        {
            if (signature[i].Fields.IndexOf(name) is >= 0 and var element)
                return Of(tensors[i], element, row, rows);
        }

        return null;
    }

    private static string? Of(Tensor tensor, int element, int row, int rows) =>
        tensor.Present && Rows(tensor) == rows && tensor.ElementCount / Math.Max(1, rows) is var width
        && element < width
            ? Text(tensor, row * width + element)
            : null;

    /// <summary>
    /// One element of the named tensor in a row of so many. NaN when there is no such element, it is no number, or the
    /// tensor has another number of rows.
    /// </summary>
    public static double Number(
        ImmutableArray<TensorSpec> signature, TensorSet tensors, ObservedOutput observed, int row = 0, int rows = 1)
    {
        for (var i = 0; i < signature.Length && i < tensors.Count; i++)
        {
            if (signature[i].Name != observed.Output)
                continue;
            if (tensors[i] is not { Present: true } tensor || Rows(tensor) != rows)
                return double.NaN;
            var width = tensor.ElementCount / rows;
            return observed.Element < width ? Number(tensor, row * width + observed.Element) : double.NaN;
        }

        return double.NaN;
    }

    /// <summary>
    /// Sum over the rows of one element of each row, and the rows: the number itself, or 1 where it is the category.
    /// </summary>
    public static (double Sum, double Rows) Sum(Tensor tensor, int element, string? category)
    {
        if (!tensor.Present || tensor.ElementCount == 0)
            return (0, 0);

        var rows = Math.Max(1, Rows(tensor));
        var width = tensor.ElementCount / rows;
        if (element >= width)
            return (0, 0);

        double sum = 0;
        for (var row = 0; row < rows; row++)
        {
            var index = row * width + element;
            sum += category is null ? Number(tensor, index) : Text(tensor, index) == category ? 1 : 0;
        }

        return (sum, rows);
    }

    /// <summary>An element as a number; NaN for a text.</summary>
    public static double Number(Tensor tensor, int index) => tensor.Type switch
    {
        ElementType.Float32 => tensor.As<float>()[index],
        ElementType.Float64 => tensor.As<double>()[index],
        ElementType.Float16 => (double)tensor.As<Half>()[index],
        ElementType.Int64 => tensor.As<long>()[index],
        ElementType.Int32 => tensor.As<int>()[index],
        ElementType.Int16 => tensor.As<short>()[index],
        ElementType.Int8 => tensor.As<sbyte>()[index],
        ElementType.UInt64 => tensor.As<ulong>()[index],
        ElementType.UInt32 => tensor.As<uint>()[index],
        ElementType.UInt16 => tensor.As<ushort>()[index],
        ElementType.UInt8 => tensor.As<byte>()[index],
        ElementType.Bool => tensor.As<byte>()[index],
        ElementType.BFloat16 => BitConverter.Int32BitsToSingle(tensor.As<ushort>()[index] << 16),
        _ => double.NaN,
    };

    /// <summary>
    /// The numbers of all tensors in a row of so many, in their order; empty where a tensor has another number of rows.
    /// What is no number, or is not there, is NaN; tensors of more elements than are kept stop the list.
    /// </summary>
    public static double[] Numbers(TensorSet tensors, int row = 0, int rows = 1)
    {
        var numbers = new List<double>();
        for (var i = 0; i < tensors.Count; i++)
        {
            var tensor = tensors[i];
            if (!tensor.Present || tensor.ElementCount == 0)
            {
                numbers.Add(double.NaN);
                continue;
            }

            if (Rows(tensor) != rows)
                return [];
            var width = tensor.ElementCount / rows;
            if (numbers.Count + width > MaxNumbers)
                break;
            for (var element = 0; element < width; element++)
                numbers.Add(Number(tensor, row * width + element));
        }

        return [.. numbers];
    }

    private static int Rows(Tensor tensor) => tensor.Rank == 0 ? 1 : (int)tensor.Shape[0];

    /// <summary>Texts, whole numbers and truth values are labels: they are equal or not.</summary>
    public static bool IsLabel(ElementType type) => type is not (
        ElementType.Float16 or ElementType.BFloat16 or ElementType.Float32 or ElementType.Float64);

    /// <summary>An element as text.</summary>
    public static string Text(Tensor tensor, int index)
    {
        if (tensor.Type != ElementType.String)
            return Number(tensor, index).ToString("R", CultureInfo.InvariantCulture);
        var utf8 = tensor.StringAt(index);

        // Not every database takes NUL, and one answer that it refuses would keep all behind it waiting.
        return Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, MaxBytes)]).Replace('\0', '\uFFFD');
    }
}
