using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Facts;

namespace Fairlead.Serving.Shadow;

/// <summary>How two answers to one request differ.</summary>
/// <param name="Share">Share of the rows that count as answered otherwise, 0 to 1; NaN: nothing could be
/// compared.</param>
/// <param name="LargestDifference">Largest absolute difference of a number; 0 when no numbers were compared.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AnswerDifference(double Share, double LargestDifference);

/// <summary>
/// Compares the answers of two versions, output by output of the same name. Texts, whole numbers and truth values are
/// labels and must be equal. Where there is no label, rows differ when a number is further apart than
/// <see cref="Tolerance"/> of the greater one: two models hardly ever agree to the last digit.
/// </summary>
public static class AnswerComparison
{
    /// <summary>Relative distance up to which numbers count as equal.</summary>
    public const double Tolerance = 1e-3;

    public static AnswerDifference Compare(
        ImmutableArray<TensorSpec> championSignature, TensorSet champion,
        ImmutableArray<TensorSpec> challengerSignature, TensorSet challenger)
    {
        var (labels, numbers, largest) = (double.NaN, double.NaN, 0.0);
        for (var i = 0; i < championSignature.Length && i < champion.Count; i++)
        {
            var j = IndexOf(challengerSignature, championSignature[i].Name);
            if (j < 0 || j >= challenger.Count || !champion[i].Present || !challenger[j].Present)
                continue;

            var (one, other) = (champion[i], challenger[j]);
            if (TensorText.IsLabel(one.Type) && TensorText.IsLabel(other.Type))
                labels = Worse(labels, one.ElementCount == other.ElementCount ? LabelShare(one, other) : 1);
            else if (one.Type != ElementType.String && other.Type != ElementType.String)
                (numbers, largest) = Numbers(one, other, numbers, largest);
        }

        return new AnswerDifference(double.IsNaN(labels) ? numbers : labels, largest);
    }

    private static (double Share, double Largest) Numbers(Tensor one, Tensor other, double before, double largest)
    {
        if (one.ElementCount != other.ElementCount)
            return (1, largest);

        var rows = Rows(one);
        var width = rows == 0 ? 0 : one.ElementCount / rows;
        var differing = 0;
        for (var row = 0; row < rows; row++)
        {
            var differs = false;
            for (var index = row * width; index < (row + 1) * width; index++)
            {
                var (a, b) = (TensorText.Number(one, index), TensorText.Number(other, index));
                var distance = Math.Abs(a - b);
                if (double.IsNaN(distance) ? double.IsNaN(a) != double.IsNaN(b)
                    : distance > Tolerance * Math.Max(Math.Abs(a), Math.Abs(b)))
                {
                    differs = true;
                }

                if (distance > largest && double.IsFinite(distance))
                    largest = distance;
            }

            differing += differs ? 1 : 0;
        }

        return (rows == 0 ? before : Worse(before, (double)differing / rows), largest);
    }

    private static double LabelShare(Tensor one, Tensor other)
    {
        if (one.ElementCount == 0)
            return 0;

        var differing = 0;
        for (var i = 0; i < one.ElementCount; i++)
        {
            var equal = one.Type == ElementType.String || other.Type == ElementType.String
                ? one.Type == other.Type && one.StringAt(i).SequenceEqual(other.StringAt(i))
                : TensorText.Number(one, i).Equals(TensorText.Number(other, i));
            differing += equal ? 0 : 1;
        }

        return (double)differing / one.ElementCount;
    }

    private static double Worse(double before, double now) => double.IsNaN(before) ? now : Math.Max(before, now);

    private static int Rows(Tensor tensor) => tensor.Rank == 0 ? 1 : (int)tensor.Shape[0];

    private static int IndexOf(ImmutableArray<TensorSpec> signature, string name)
    {
        for (var i = 0; i < signature.Length; i++)
        {
            if (signature[i].Name == name)
                return i;
        }

        return -1;
    }
}
