namespace Fairlead.Statistics;

/// <summary>The logarithmic loss of a predicted probability: −ln of what was given to what happened.</summary>
public static class LogLoss
{
    /// <summary>
    /// Probabilities nearer to 0 or 1 than this count as this far, so that one confident error does not make every mean
    /// infinite: the loss is at most 34.54.
    /// </summary>
    public const double Clip = 1e-15;

    /// <summary>The loss in nats, 0 or more; NaN for what is no probability.</summary>
    /// <param name="probability">The predicted probability of the event, 0 to 1.</param>
    /// <param name="happened">Whether it happened.</param>
    public static double Of(double probability, bool happened) => Of(probability, happened, Clip);

    /// <summary>The same with a clip of the caller's choice; scikit-learn's is 2⁻⁵².</summary>
    public static double Of(double probability, bool happened, double clip) => probability is >= 0 and <= 1
        ? -Math.Log(Math.Max(clip, happened ? probability : 1 - probability))
        : double.NaN;
}
