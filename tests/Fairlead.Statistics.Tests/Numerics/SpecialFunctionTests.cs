using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Tests.Numerics;

/// <summary>Known values, computed with 80 to 900 decimal digits from the defining series.</summary>
public sealed class SpecialFunctionTests
{
    [Theory]
    [InlineData(-5, 9.99999713348428120806e-1, -2.86651612963763593385e-7)]
    [InlineData(-1, 8.41344746068542948585e-1, -1.72753779023449889526e-1)]
    [InlineData(-0.25, 5.98706325682923724241e-1, -5.12984075409430432128e-1)]
    [InlineData(0.5, 3.08537538725986896362e-1, -1.17591176159361860888e+0)]
    [InlineData(0.66, 2.54626914671336137637e-1, -1.36795588489019939319e+0)]
    [InlineData(0.7, 2.41963652223073028616e-1, -1.41896776153153157933e+0)]
    [InlineData(1.96, 2.49978951482204362128e-2, -3.68896365172963861858e+0)]
    [InlineData(4, 3.16712418331199212538e-5, -1.03601014865272908279e+1)]
    [InlineData(5.6, 1.07175902583109293200e-8, -1.83513794959093320661e+1)]
    [InlineData(5.7, 5.99037140106352818780e-9, -1.89331124232247429696e+1)]
    [InlineData(8, 6.22096057427178412352e-16, -3.50134371599145498955e+1)]
    [InlineData(20, 2.75362411860623369508e-89, -2.03917155371097263937e+2)]
    [InlineData(37, 5.72557122252457682268e-300, -6.89030585576890593601e+2)]
    public void Normal_Tails_KeepTheirRelativeAccuracy(double z, double tail, double logTail)
    {
        Near(Normal.UpperTail(z), tail, 1e-14);
        Near(Normal.Cdf(-z), tail, 1e-14);
        Near(Normal.LogUpperTail(z), logTail, 1e-14);
        Near(Normal.UpperQuantile(tail), z, z < -4 ? 1e-9 : 1e-14);
    }

    [Fact]
    public void Normal_LogUpperTail_AnswersWhereTheTailUnderflows()
    {
        Normal.UpperTail(100).ShouldBe(0);
        // ln Q(z) = −z²/2 − ln(z √(2π)) + ln(1 − 1/z² + …)
        Near(Normal.LogUpperTail(1e4), -5e7 - Math.Log(1e4 * Math.Sqrt(2 * Math.PI)) - 1e-8, 1e-15);
    }

    [Fact]
    public void Normal_AtItsLimitsAndOutside()
    {
        Normal.Quantile(0).ShouldBe(double.NegativeInfinity);
        Normal.Quantile(1).ShouldBe(double.PositiveInfinity);
        Normal.Quantile(0.5).ShouldBe(0);
        Normal.UpperTail(double.PositiveInfinity).ShouldBe(0);
        Normal.UpperTail(double.NegativeInfinity).ShouldBe(1);
        Normal.Quantile(-0.1).ShouldBe(double.NaN);
        Normal.Quantile(double.NaN).ShouldBe(double.NaN);
        Normal.Cdf(double.NaN).ShouldBe(double.NaN);
    }

    [Theory]
    [InlineData(0.1, 2.25271265173420590201e+0)]
    [InlineData(0.5, 5.72364942924700087072e-1)]
    [InlineData(1.5, -1.20782237635245222346e-1)]
    [InlineData(3, 6.93147180559945309417e-1)]
    [InlineData(7.25, 7.05218545073853944493e+0)]
    [InlineData(25, 5.47847293981123191901e+1)]
    [InlineData(1000.5, 5.90867417584867748868e+3)]
    [InlineData(1000000.0, 1.28155045691476116600e+7)]
    public void Gamma_Log(double x, double expected) =>
        Gamma.Log(x).ShouldBe(expected, 5e-15 * Math.Max(1, Math.Abs(expected)));

    [Theory]
    [InlineData(0.5, 0.1, 3.45279153981422979558e-1, 6.54720846018577020442e-1)]
    [InlineData(0.5, 2, 9.54499736103641585599e-1, 4.55002638963584144006e-2)]
    [InlineData(3, 1, 8.03013970713941960112e-2, 9.19698602928605803989e-1)]
    [InlineData(10, 30, 9.99992878249137184423e-1, 7.12175086281557709165e-6)]
    [InlineData(100, 80, 1.71083130351331141659e-2, 9.82891686964866885834e-1)]
    [InlineData(100, 130, 9.97249591632693473723e-1, 2.75040836730652627699e-3)]
    [InlineData(10000, 10200, 9.76712677866401196053e-1, 2.32873221335988039474e-2)]
    [InlineData(1000000, 1000500, 6.91550475771497181533e-1, 3.08449524228502818467e-1)]
    public void Gamma_IncompleteRatios(double a, double x, double lower, double upper)
    {
        Near(Gamma.RegularizedLower(a, x), lower, 1e-12);
        Near(Gamma.RegularizedUpper(a, x), upper, 1e-12);
        Near(ChiSquare.UpperTail(2 * x, 2 * a), upper, 1e-12);
        Near(ChiSquare.UpperQuantile(upper, 2 * a), 2 * x, 1e-12);
        Near(ChiSquare.Quantile(lower, 2 * a), 2 * x, 1e-9);
    }

    [Theory]
    [InlineData(0.5, 0.5, 0.25, 3.33333333333333333333e-1, 6.66666666666666666667e-1)]
    [InlineData(2, 3, 0.1, 5.23000000000000053957e-2, 9.47699999999999994604e-1)]
    [InlineData(2, 3, 0.9, 9.96300000000000002398e-1, 3.69999999999999760192e-3)]
    [InlineData(10, 0.5, 0.99, 6.57928175156784327355e-1, 3.42071824843215672645e-1)]
    [InlineData(50, 80, 0.2, 7.33370754551718108838e-7, 9.99999266629245448282e-1)]
    [InlineData(50, 80, 0.5, 9.95996163395954568552e-1, 4.00383660404543144815e-3)]
    [InlineData(1000, 3000, 0.24, 7.10803340085356953114e-2, 9.28919665991464304689e-1)]
    [InlineData(1000000, 1000000, 0.499, 2.33884940693150475025e-3, 9.97661150593068495250e-1)]
    [InlineData(1, 100000, 0.0001, 9.99954622766041038849e-1, 4.53772339589611513466e-5)]
    [InlineData(0.001, 20, 0.5, 9.99999999908542733964e-1, 9.14572660360606962748e-11)]
    public void Beta_IncompleteRatio(double a, double b, double x, double lower, double upper)
    {
        Near(Beta.Regularized(a, b, x), lower, 1e-11);
        Near(Beta.RegularizedUpper(a, b, x), upper, 1e-11);
        Near(Beta.Regularized(a, b, Beta.Inverse(a, b, lower)), lower, 1e-12);
        Near(Beta.Inverse(a, b, lower), x, 1e-5);
    }

    [Theory]
    [InlineData(0.5, 1, 7.04832764699133451649e-1)]
    [InlineData(2, 3, 1.39325968558843176848e-1)]
    [InlineData(2.5, 29.5, 1.82186172669230451386e-2)]
    [InlineData(10, 4, 5.62003622715991155711e-4)]
    public void StudentT_TailAndQuantile(double t, double degrees, double twoSided)
    {
        Near(StudentT.TwoSided(t, degrees), twoSided, 1e-13);
        Near(StudentT.UpperTail(t, degrees), twoSided / 2, 1e-13);
        Near(StudentT.UpperQuantile(twoSided / 2, degrees), t, 1e-13);
        Near(StudentT.Quantile(twoSided / 2, degrees), -t, 1e-13);
    }

    /// <summary>With one degree of freedom t is Cauchy, with two it is algebraic; far tails included.</summary>
    [Theory]
    [InlineData(0.001)]
    [InlineData(3)]
    [InlineData(1e8)]
    public void StudentT_EqualsItsClosedForms(double t)
    {
        Near(StudentT.UpperTail(t, 1), Math.Atan2(1, t) / Math.PI, 1e-13);
        Near(StudentT.Cdf(-t, 2), 1 / (2 + t * t + t * Math.Sqrt(2 + t * t)), 1e-13);
        Near(StudentT.UpperTail(t, double.PositiveInfinity), Normal.UpperTail(t), 0);
    }

    [Fact]
    public void Binomial_MassAndTailsAgree()
    {
        foreach (var (n, p) in new[] { (1L, 0.3), (20L, 0.07), (500L, 0.5), (5000L, 0.002) })
        {
            CompensatedSum below = default;
            for (long k = 0; k <= Math.Min(n, 400); k++)
            {
                below += Binomial.Pmf(k, n, p);
                Binomial.Cdf(k, n, p).ShouldBe(below.Value, 1e-12);
                Binomial.AtLeast(k + 1, n, p).ShouldBe(1 - below.Value, 1e-12);
            }
        }
    }

    [Fact]
    public void Binomial_AtItsLimitsAndOutside()
    {
        Binomial.Pmf(0, 0, 0.5).ShouldBe(1);
        Binomial.Pmf(5, 5, 1).ShouldBe(1);
        Binomial.Pmf(4, 5, 1).ShouldBe(0);
        Binomial.Cdf(-1, 5, 0.5).ShouldBe(0);
        Binomial.AtLeast(0, 5, 0.5).ShouldBe(1);
        Binomial.Pmf(1, 5, 1.5).ShouldBe(double.NaN);
        Binomial.Cdf(1, -5, 0.5).ShouldBe(double.NaN);
        Near(Binomial.LogChoose(50, 25), Math.Log(126410606437752), 1e-14);
        Binomial.TwoSided(5, 10, 0.5).ShouldBe(1);
        Near(Binomial.TwoSided(2, 11, 0.5), 0.0654296875, 1e-14);
        Near(Binomial.TwoSided(9, 11, 0.5), 0.0654296875, 1e-14);
        Binomial.TwoSided(0, 5, 1).ShouldBe(0);
    }

    [Fact]
    public void Poisson_MassAndTailsAgree()
    {
        foreach (var mean in new[] { 0.01, 1, 17.5, 300 })
        {
            CompensatedSum below = default;
            for (long k = 0; k <= 600; k++)
            {
                below += Poisson.Pmf(k, mean);
                Poisson.Cdf(k, mean).ShouldBe(below.Value, 1e-12);
                Poisson.AtLeast(k + 1, mean).ShouldBe(1 - below.Value, 1e-12);
            }
        }

        Poisson.Pmf(0, 0).ShouldBe(1);
        Poisson.Pmf(3, -1).ShouldBe(double.NaN);
    }

    [Fact]
    public void LambertW_SolvesItsEquation()
    {
        foreach (var x in new[] { -0.36787, -0.3, -0.1, -0.01, -1e-10, -1e-300 })
        {
            var w = LambertW.MinusOne(x);
            w.ShouldBeLessThan(-1);
            Near(Math.Log(-w) + w, Math.Log(-x), 1e-14);
        }

        var far = LambertW.MinusOneOfLog(-1e6);
        Near(Math.Log(-far) + far, -1e6, 1e-15);
        LambertW.MinusOne(-Math.Exp(-1)).ShouldBe(-1, 1e-7);
        LambertW.MinusOne(-0.4).ShouldBe(double.NaN);
        LambertW.MinusOne(0.1).ShouldBe(double.NaN);
        LambertW.MinusOne(0).ShouldBe(double.NegativeInfinity);
    }

    [Fact]
    public void Elementary_KeepsTheDigitsNearZero()
    {
        Near(Elementary.LogOnePlus(1e-10), 9.9999999995e-11, 1e-15);
        Near(Elementary.ExpMinusOne(-1e-10), -9.9999999995e-11, 1e-15);
        Elementary.LogOnePlus(-1).ShouldBe(double.NegativeInfinity);
        Elementary.LogOnePlus(-2).ShouldBe(double.NaN);
        Elementary.ExpMinusOne(800).ShouldBe(double.PositiveInfinity);
        Elementary.ExpMinusOne(0).ShouldBe(0);
    }

    private static void Near(double actual, double expected, double relative) =>
        actual.ShouldBe(expected, Math.Abs(expected) * relative);
}
