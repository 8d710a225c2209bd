namespace Fairlead.Samples.Moderation;

/// <summary>Logistic regression on how often each word of a vocabulary occurs, by plain gradient descent.</summary>
public sealed class Regression
{
    private const int Rounds = 400;
    private const double Rate = 1;
    private const double Ridge = 1e-3;

    private readonly Dictionary<string, int> _places;

    private Regression(IReadOnlyList<string> vocabulary)
    {
        _places = vocabulary.Select((word, i) => (word, i)).ToDictionary(pair => pair.word, pair => pair.i);
        Weights = new double[vocabulary.Count];
    }

    /// <summary>A weight for each word.</summary>
    public double[] Weights { get; }

    public double Bias { get; private set; }

    /// <summary>Fits the posts; the same posts give the same weights.</summary>
    public static Regression Fit(IReadOnlyList<string> vocabulary, IReadOnlyList<Post> posts)
    {
        var fitted = new Regression(vocabulary);
        var rows = posts.Select(post => (Words: fitted.Places(post), post.Toxic)).ToList();
        for (var round = 0; round < Rounds; round++)
            fitted.Step(rows);
        return fitted;
    }

    private int[] Places(Post post) => [.. post.Words.Where(_places.ContainsKey).Select(word => _places[word])];

    private void Step(List<(int[] Words, bool Toxic)> rows)
    {
        var gradient = new double[Weights.Length];
        var bias = 0.0;
        foreach (var (words, toxic) in rows)
        {
            var logit = Bias + words.Sum(word => Weights[word]);
            var error = (1 / (1 + Math.Exp(-logit))) - (toxic ? 1 : 0);
            bias += error;
            foreach (var word in words)
                gradient[word] += error;
        }

        Bias -= Rate * bias / rows.Count;
        for (var i = 0; i < Weights.Length; i++)
            Weights[i] -= Rate * ((gradient[i] / rows.Count) + (Ridge * Weights[i]));
    }
}
