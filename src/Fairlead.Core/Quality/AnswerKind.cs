namespace Fairlead.Core.Quality;

/// <summary>What kind of answers are judged.</summary>
public enum AnswerKind
{
    /// <summary>A class, with or without probabilities.</summary>
    Classification,

    /// <summary>A number.</summary>
    Regression,

    /// <summary>A score by which things are put in order; the things of one unit are one list.</summary>
    Ranking,
}
