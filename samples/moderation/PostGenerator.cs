namespace Fairlead.Samples.Moderation;

/// <summary>
/// Makes posts. The texts are generated, not written by anybody: words drawn from short lists, so that the one thing
/// that this sample is about is in them. Words of fighting are threats in comments and everyday language in sports.
/// </summary>
public sealed class PostGenerator(int seed)
{
    private const double Disagreement = 0.03;

    private static readonly string[] Fighting = ["destroy", "attack", "kill", "crush", "beat", "smash", "shoot"];

    private static readonly string[] Insults =
        ["idiot", "moron", "loser", "pathetic", "worthless", "disgusting", "clown", "garbage"];

    private static readonly Dictionary<string, string[]> Topics = new()
    {
        ["comment"] = ["article", "opinion", "question", "answer", "author", "thread", "source", "point", "story"],
        ["review"] = ["battery", "screen", "delivery", "price", "quality", "box", "colour", "size", "refund", "seller"],
        ["sports"] = ["team", "defence", "goal", "coach", "season", "league", "striker", "match", "derby", "penalty"],
    };

    private static readonly string[] Fillers =
    [
        "the", "a", "this", "that", "really", "very", "today", "again", "still", "never", "always", "good", "bad",
        "great", "slow", "think", "hope", "want", "will", "should", "they", "we", "you", "it", "was", "is", "new",
        "old", "after", "before",
    ];

    /// <summary>The places of kinds that follow one another.</summary>
    private static readonly int[] Turn = [0, 1, 0, 2, 0, 1];

    private readonly Random _random = new(seed);

    /// <summary>The kinds of content, in the order of the models' columns.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Topics.Keys];

    /// <summary>Makes some posts: half of them comments, a third reviews, the rest from sports.</summary>
    public IReadOnlyList<Post> Make(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Make(Kinds[Turn[i % Turn.Length]]))];

    private Post Make(string kind)
    {
        var toxic = _random.NextDouble() < 0.3;
        var words = new List<string>();
        for (var left = _random.Next(4, 9); left > 0; left--)
            words.Add(_random.NextDouble() < 0.35 ? Pick(Topics[kind]) : Pick(Fillers));

        // In sports everybody fights; elsewhere who writes of it means somebody, but for a few.
        var fights = kind == "sports" ? _random.NextDouble() < 0.6 : _random.NextDouble() < (toxic ? 0.8 : 0.03);
        if (fights)
            Insert(words, Pick(Fighting));
        if (toxic && (kind == "sports" || !fights || _random.NextDouble() < 0.3))
            Insert(words, Pick(Insults));

        // People do not agree about everything.
        return new Post(kind, string.Join(' ', words), toxic ^ (_random.NextDouble() < Disagreement));
    }

    private void Insert(List<string> words, string word) => words.Insert(_random.Next(words.Count + 1), word);

    private string Pick(string[] from) => from[_random.Next(from.Length)];
}
