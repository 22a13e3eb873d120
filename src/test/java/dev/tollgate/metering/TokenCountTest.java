package dev.tollgate.metering;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the largest count of cl100k, o200k, Claude 2's and DeepSeek's tokenizers, counted once. */
class TokenCountTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "Stream responses are metered while they pass, so that a client which hangs up pays for what it has read and no more.|26",
                "public static void main(String[] args) { System.out.println(\"Hello, world: \" + args.length); }|27",
                "Die Rechnung wird am Ende des Monats erstellt und enthält alle Aufrufe der letzten dreißig Tage.|31",
                "Nous avons décidé d'améliorer la qualité du système après plusieurs réunions.|27",
                "人工智能正在改变我们的生活方式。许多公司开始使用大型语言模型来处理客户的请求。|33",
                "多くの企業が大規模言語モデルを使って顧客の要望に対応し始めています。|39",
                "많은 기업이 대규모 언어 모델을 사용하기 시작했습니다.|28",
                "Многие компании начали использовать большие языковые модели.|28",
                "कई कंपनियाँ बड़े भाषा मॉडल का उपयोग कर रही हैं।|56",
                "1024 38291 77 90210 443 8080 65536 3.14159 2.71828|28",
                "{\"name\": \"search\", \"arguments\": {\"query\": \"weather in Vienna\", \"limit\": 10}}|23"
            })
    void countsNeverLessThanARealTokenizerYetNear(String text, long tokens) {
        TokenCount count = new TokenCount();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            count.add(b);
        }
        long counted = TokenCount.tokens(count.weight());
        assertTrue(counted >= tokens && counted <= 2 * tokens, "counted " + counted);
    }
}
