using System.Collections.Frozen;
using System.Runtime.InteropServices;
using Fairlead.Core.Models;

namespace Fairlead.Core.Controls;

/// <summary>Where a single value of each row lies within the inputs of a version.</summary>
/// <param name="Input">Index of the input.</param>
/// <param name="Column">Which of the row's values it is.</param>
/// <param name="Width">Values of the input a row.</param>
/// <param name="Type">The type of the input.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RowFieldPlace(int Input, int Column, int Width, ElementType Type)
{
    /// <summary>
    /// The fields of a signature that hold one value a row: inputs of one column by their name, and the named columns
    /// of wider ones.
    /// </summary>
    public static IReadOnlyDictionary<string, RowFieldPlace> Of(Signature signature)
    {
        var places = new Dictionary<string, RowFieldPlace>(StringComparer.Ordinal);
        foreach (var (index, input) in signature.Inputs.Index())
        {
            if (input.Shape.Length == 0 || input.Shape.Skip(1).Any(size => size < 0))
                continue;
            var width = input.Shape.Skip(1).Aggregate(1L, (product, size) => product * size);
            if (input.Fields.Length == width && width > 0)
            {
                foreach (var (column, field) in input.Fields.Index())
                    places.TryAdd(field, new RowFieldPlace(index, column, (int)width, input.Type));
            }
            else if (width == 1)
            {
                places.TryAdd(input.Name, new RowFieldPlace(index, 0, 1, input.Type));
            }
        }

        return places.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
